using System.Collections.Immutable;
using System.Runtime.Serialization;
using System.Text;
using Akka.Configuration;
using Akka.LNS.Protocol.Membership;
using Akka.Serialization;
using Google.Protobuf;

namespace Akka.LNS.Clustering;

/// <summary>
/// Encodes messages between nodes as fields of Protocol Buffers. A node ignores unknown fields of a newer version, so a cluster can be
/// upgraded node by node. Type names are not sent. Unreadable octets become a message, not an exception.
/// </summary>
public sealed class ClusterWire(ExtendedActorSystem system) : SerializerWithStringManifest(system)
{
    private const string ReportManifest = "report", LeaveManifest = "leave", AnswerManifest = "answer";

    /// <summary>Identifier of the serializer. Akka reserves identifiers up to 40.</summary>
    public override int Identifier => 2661;

    public override string Manifest(object o) => o switch
    {
        NodeReported => ReportManifest,
        LeaveOrder => LeaveManifest,
        LeaveAnswer => AnswerManifest,
        _ => throw new SerializationException($"{o.GetType()} is no message between nodes"),
    };

    public override byte[] ToBinary(object obj) => Write(obj);

    public override object FromBinary(byte[] bytes, string manifest) => Read(bytes, manifest);

    internal static byte[] Write(object message)
    {
        using var octets = new MemoryStream(256);
        using var output = new CodedOutputStream(octets);
        switch (message)
        {
            case NodeReported { Report: var r }:
                Text(output, 1, r.Name);
                Text(output, 2, r.Version);
                Number(output, 3, r.Sessions);
                Number(output, 4, r.Tunnels);
                Number(output, 5, r.Load);
                Text(output, 6, r.Verdict);
                Number(output, 7, (int)r.Drain);
                Number(output, 8, r.Started.ToUnixTimeMilliseconds());
                Number(output, 9, r.IsMember ? 1 : 0);
                foreach (var address in r.Silent.Take(NodeReport.MostSilent)) Text(output, 10, address);
                if (r.Nas.Address is { Length: > 0 } nasAddress) Text(output, 11, nasAddress);
                if (r.Nas.Identifier is { Length: > 0 } identifier) Text(output, 12, identifier);
                break;
            case LeaveOrder l:
                if (l.Within is { } within) Number(output, 1, (long)within.TotalMilliseconds);
                Text(output, 2, l.By);
                break;
            case LeaveAnswer a:
                Number(output, 1, a.Accepted ? 1 : 0);
                Text(output, 2, a.Why);
                break;
            default: throw new SerializationException($"{message.GetType()} is no message between nodes");
        }
        output.Flush();
        return octets.ToArray();
    }

    internal static object Read(byte[] octets, string manifest)
    {
        try
        {
            using var input = new CodedInputStream(octets);
            object? read = manifest switch
            {
                ReportManifest => ReadReport(input),
                LeaveManifest => ReadLeave(input),
                AnswerManifest => ReadAnswer(input),
                _ => null,
            };
            return read ?? new Unreadable(manifest);
        }
        catch (Exception e) when (e is InvalidProtocolBufferException or ArgumentOutOfRangeException)
        {
            return new Unreadable(manifest);
        }
    }

    private static NodeReported? ReadReport(CodedInputStream input)
    {
        var report = new NodeReport("", "", 0, 0, 0, "", NodeDrain.Serving, DateTimeOffset.UnixEpoch, IsMember: false, []);
        var silent = ImmutableArray.CreateBuilder<string>();
        for (uint tag; (tag = input.ReadTag()) != 0;)
        {
            switch (tag)
            {
                case 1 << 3 | Length: report = report with { Name = input.ReadString() }; break;
                case 2 << 3 | Length: report = report with { Version = input.ReadString() }; break;
                case 3 << 3 | Varint: report = report with { Sessions = Count(input) }; break;
                case 4 << 3 | Varint: report = report with { Tunnels = Count(input) }; break;
                case 5 << 3 | Varint: report = report with { Load = Math.Max(0, input.ReadInt64()) }; break;
                case 6 << 3 | Length: report = report with { Verdict = input.ReadString() }; break;
                case 7 << 3 | Varint:
                    report = report with { Drain = (NodeDrain)Math.Clamp(input.ReadInt64(), 0, (int)NodeDrain.Drained) };
                    break;
                case 8 << 3 | Varint: report = report with { Started = DateTimeOffset.FromUnixTimeMilliseconds(input.ReadInt64()) }; break;
                case 9 << 3 | Varint: report = report with { IsMember = input.ReadInt64() != 0 }; break;
                case 10 << 3 | Length: silent.Add(input.ReadString()); break;
                case 11 << 3 | Length: report = report with { Nas = report.Nas with { Address = input.ReadString() } }; break;
                case 12 << 3 | Length: report = report with { Nas = report.Nas with { Identifier = input.ReadString() } }; break;
                default: input.SkipLastField(); break;
            }
        }
        if (silent.Count > NodeReport.MostSilent || silent.Any(TooLong)) return null;
        return TooLong(report.Name) || TooLong(report.Version) || TooLong(report.Verdict) || TooLong(report.Nas.Address ?? "")
            || TooLong(report.Nas.Identifier ?? "") ? null
            : new NodeReported(report with { Silent = silent.ToImmutable() });
    }

    private static LeaveOrder? ReadLeave(CodedInputStream input)
    {
        var order = new LeaveOrder(null, "");
        for (uint tag; (tag = input.ReadTag()) != 0;)
        {
            switch (tag)
            {
                case 1 << 3 | Varint:
                    order = order with { Within = TimeSpan.FromMilliseconds(Math.Clamp(input.ReadInt64(), 0, MostMilliseconds)) };
                    break;
                case 2 << 3 | Length: order = order with { By = input.ReadString() }; break;
                default: input.SkipLastField(); break;
            }
        }
        return TooLong(order.By) ? null : order;
    }

    private static LeaveAnswer? ReadAnswer(CodedInputStream input)
    {
        var answer = new LeaveAnswer(false, "");
        for (uint tag; (tag = input.ReadTag()) != 0;)
        {
            switch (tag)
            {
                case 1 << 3 | Varint: answer = answer with { Accepted = input.ReadInt64() != 0 }; break;
                case 2 << 3 | Length: answer = answer with { Why = input.ReadString() }; break;
                default: input.SkipLastField(); break;
            }
        }
        return TooLong(answer.Why) ? null : answer;
    }

    private const uint Varint = (uint)WireFormat.WireType.Varint, Length = (uint)WireFormat.WireType.LengthDelimited;
    private const long MostMilliseconds = 1000L * 86_400_000; // maximum duration of a drain

    private static int Count(CodedInputStream input) => (int)Math.Clamp(input.ReadInt64(), 0, int.MaxValue);

    private static bool TooLong(string text) => Encoding.UTF8.GetByteCount(text) > NodeReport.MostOctets;

    private static void Number(CodedOutputStream output, int field, long value)
    {
        output.WriteTag(field, WireFormat.WireType.Varint);
        output.WriteInt64(value);
    }

    private static void Text(CodedOutputStream output, int field, string value)
    {
        while (TooLong(value)) value = value[..(value.Length - 1)];
        output.WriteTag(field, WireFormat.WireType.LengthDelimited);
        output.WriteString(value);
    }
}

/// <summary>
/// Replaces the JSON serializer of Akka, which creates any type that a message names. It reads and writes nothing, so nodes exchange only
/// messages of Akka.Cluster and <see cref="ClusterWire"/>.
/// </summary>
public sealed class NoSerializer : Serializer
{
    public NoSerializer(ExtendedActorSystem system) : base(system) { }

    /// <summary>Akka passes the settings of the replaced serializer.</summary>
    public NoSerializer(ExtendedActorSystem system, Config _) : base(system) { }

    /// <summary>Identifier of the JSON serializer of Akka.</summary>
    public override int Identifier => 1;

    public override bool IncludeManifest => false;

    public override byte[] ToBinary(object obj) => throw new SerializationException($"{obj?.GetType()} is no message between nodes");

    public override object FromBinary(byte[] bytes, Type type) =>
        throw new SerializationException("octets of the JSON serializer are not read");
}

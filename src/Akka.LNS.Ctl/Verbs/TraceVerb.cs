using System.CommandLine;
using System.Net;
using System.Net.Sockets;
using Akka.LNS.Client;
using Akka.LNS.Ctl.Terminal;
using Spectre.Console;

namespace Akka.LNS.Ctl.Verbs;

internal static class TraceVerb
{
    private const int MostSeconds = 86_400;

    public static Command Make()
    {
        var who = new Argument<string>("who")
        {
            Description = "A session id, an IPv4 address, the host name of a LAC, a calling number, or a user (wildcards * and ?: "
                + "'*@example.net'). "
                + "user=, address=, calling=, lac= and session= select one of them. A user, an address or a LAC need not be connected yet.",
            HelpName = "who",
        };
        who.CompletionSources.Add("user=", "address=", "calling=", "lac=", "session=");
        var pcap = new Option<string?>("--pcap")
        {
            Description = "Write the messages to a capture file for Wireshark; -: to standard output. Passwords and responses are blanked.",
            HelpName = "FILE",
        };
        var duration = new Option<string>("--duration")
        {
            Description = "Duration of the trace, 1s to 1d.", HelpName = "DURATION", DefaultValueFactory = static _ => "1h",
        };
        const string description = "Messages of one subscriber or LAC, decoded, and what lnsd did, live until Ctrl-C.";
        return new Command("trace", description) { who, pcap, duration }.Does(async run =>
        {
            var text = run.Get(duration) ?? "";
            if (!DurationText.TryParse(text, out var span) || span.Value.TotalSeconds is < 1 or > MostSeconds)
                throw CtlException.Usage($"--duration: found '{text}'; allowed: 1s to 1d");
            var file = run.Get(pcap);
            if (file is not null && run.Output.IsJson) throw CtlException.Usage("--pcap and --json exclude each other");
            var query = await WhoAsync(run, run.Get(who)!) with { DurationSeconds = (int)Math.Ceiling(span.Value.TotalSeconds) };
            try
            {
                if (file is not null) await CaptureAsync(run, query, file);
                else await ShowAsync(run, query);
            }
            catch (OperationCanceledException) when (run.Cancel.IsCancellationRequested)
            {
                // Ctrl-C is the normal end
            }
            return ExitCode.Ok;
        });
    }

    /// <summary>Finds the meaning of a word: key=value, an address, the id of a session, the name of a LAC, a calling number, else a
    /// user.</summary>
    private static async Task<TraceQuery> WhoAsync(Run run, string word)
    {
        if (word.StartsWith('-') || word.Length == 0) throw CtlException.Usage($"unknown option '{word}'");
        if (word.Split('=', 2) is [var key, { Length: > 0 } value])
        {
            switch (key)
            {
                case "user": return new TraceQuery { User = value };
                case "address": return new TraceQuery { Address = value };
                case "calling": return new TraceQuery { Calling = value };
                case "lac": return new TraceQuery { Lac = value };
                case "session": return new TraceQuery { Session = value };
            }
        }
        if (IPAddress.TryParse(word, out var address) && address.AddressFamily == AddressFamily.InterNetwork && $"{address}" == word)
            return new TraceQuery { Address = word };
        var found = (await run.Api.FindSessionsAsync(word, null, run.Cancel)).Sessions;
        if (found is [{ Id: var id }] && id == word) return new TraceQuery { Session = word };
        if ((await run.Api.ListLacsAsync(word, run.Cancel)).Lacs.Any(l => l.Name == word)) return new TraceQuery { Lac = word };
        if (found.All(s => s.Calling != word || s.User == word)) return new TraceQuery { User = word };
        if (found.All(s => s.Calling == word)) return new TraceQuery { Calling = word };
        SessionsVerb.Show(run.Output, found, found.Count);
        throw new CtlException(ExitCode.Ambiguous, $"'{word}' is a user and a calling number; write user={word} or calling={word}");
    }

    private static string Name(TraceQuery query) => query.User is { } user ? $"user '{user}'"
        : query.Address is { } address ? $"address {address}"
        : query.Calling is { } calling ? $"calling number '{calling}'"
        : query.Lac is { } lac ? $"lac '{lac}'" : $"session {query.Session}";

    private static async Task ShowAsync(Run run, TraceQuery query)
    {
        var (isOn, hasRecords) = (false, false);
        await foreach (var record in run.Api.TraceAsync(query, run.Cancel))
        {
            if (!isOn) run.Output.Note($"tracing {Name(query)}");
            isOn = true;
            hasRecords |= record.Layer != "trace" || record.Session is not null; // other records of "trace" are about the trace itself
            if (run.Output.IsJson) run.Output.Json(record, ApiJson.Default.TraceEvent);
            else Write(run.Output, record);
        }
        if (!hasRecords) throw new CtlException(ExitCode.NotFound, $"no records of {Name(query)}");
    }

    private static void Write(Output output, TraceEvent record)
    {
        foreach (var line in record.ToLines())
        {
            if (output.IsTerminal && line[0] != ' ')
                output.Console.Write(new Text(Output.Printable(line) + "\n", StyleOf(record.Layer)));
            else output.Line(line);
        }
    }

    private static Style StyleOf(string layer) => layer switch
    {
        "l2tp" => new Style(Color.Aqua),
        "lcp" => new Style(Color.Green),
        "pap" or "chap" => new Style(Color.Yellow),
        "ipcp" => new Style(Color.Blue),
        "radius" => new Style(Color.Fuchsia),
        "ppp" => new Style(Color.Silver),
        _ => new Style(decoration: Decoration.Bold), // actions of the node
    };

    private static async Task CaptureAsync(Run run, TraceQuery query, string file)
    {
        if (file == "-" && run.Output.IsTerminal)
            throw CtlException.Usage("--pcap - cannot write a capture to a terminal; needed: a pipe or --pcap FILE");
        try
        {
            await run.Api.CaptureAsync(query, () =>
            {
                var to = file == "-"
                    ? Console.OpenStandardOutput()
                    : new FileStream(file, FileMode.Create, FileAccess.Write, FileShare.Read);
                run.Output.Note($"capturing {Name(query)}");
                return to;
            }, run.Cancel);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CtlException(ExitCode.Failed, $"cannot write {file}: {e.Message}");
        }
    }
}

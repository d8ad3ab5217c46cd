using System.Collections.Immutable;
using System.Net;
using Akka.LNS.Actors.Settings;
using Akka.LNS.Server.Settings.Values;
using static Akka.LNS.Server.Settings.Values.Units;

namespace Akka.LNS.Server.Settings.Sections;

/// <summary><c>lns.api</c></summary>
internal static class ApiSection
{
    private const string Addresses = "unix:PATH, ADDRESS:PORT or \"[IPV6]:PORT\"";
    private static readonly ApiSettings Default = new();
    public static readonly Section Keys = new();
    private static readonly Key<bool> Enabled = Keys.Flag("enabled", Default.Enabled, Apply.Restart);
    private static readonly Key<ImmutableArray<ApiListen>> Listen =
        Keys.List<ApiListen>("listen", Default.Listen, Addresses, 16, ReadListen, Apply.Restart);
    private static readonly Part Unix = Keys.Part("unix", UnixSection.Keys);
    private static readonly Part Limits = Keys.Part("limits", LimitsSection.Keys);
    private static readonly Part Tls = Keys.Part("tls", ApiTlsSection.Keys);
    private static readonly Map Certificates = Keys.Map("certificates", ApiCertificateSection.Keys);
    private static readonly Map Tokens = Keys.Map("tokens", ApiTokenSection.Keys);

    /// <returns>The settings of the API, and the limits of traces, which the node enforces.</returns>
    public static (ApiSettings Api, TraceSettings Traces) Read(SectionReader s)
    {
        var enabled = s.Get(Enabled);
        var listen = s.Get(Listen);
        if (enabled && listen.IsEmpty) s.Fail(Listen, $"nothing to listen on; allowed: at least one of {Addresses}, or enabled = off");
        if (listen.Distinct().Count() < listen.Length) s.Fail(Listen, "an address and port or path stands there twice");
        var tls = s.In(Tls, t => ApiTlsSection.Read(t, enabled));
        foreach (var beyond in listen.Where(l => l.EndPoint is { } e && !IPAddress.IsLoopback(e.Address) && tls is null))
        {
            s.Fail(Listen, $"{beyond} is beyond loopback, and there is no certificate; " +
                "allowed: unix:PATH and addresses of loopback, or others with lns.api.tls.certificate and key");
        }
        var certificates = s.Each(Certificates, ApiCertificateSection.Read);
        if (enabled && certificates.Length > 0 && tls?.ClientCa is null)
            s.Fail(Certificates, "no certificate of a client is asked for; allowed: with lns.api.tls.client-ca");
        var (limits, traces) = s.In(Limits, LimitsSection.Read);
        var settings = new ApiSettings
        {
            Enabled = enabled,
            Listen = listen,
            Unix = s.In(Unix, UnixSection.Read),
            Limits = limits,
            Tokens = s.Each(Tokens, ApiTokenSection.Read),
            Tls = tls,
            Certificates = certificates,
        };
        return (settings, traces);
    }

    private static bool ReadListen(string text, out ApiListen listen)
    {
        listen = default;
        if (text.StartsWith(ApiListen.UnixPrefix, StringComparison.Ordinal))
        {
            // sun_path has 108 octets (unix(7))
            if (text[ApiListen.UnixPrefix.Length..] is not { Length: > 0 and < 108 } path || path.Contains('\0')) return false;
            listen = ApiListen.Unix(path);
            return true;
        }
        if (!Networks.Endpoint(text, out var endpoint)) return false;
        listen = new ApiListen(null, endpoint);
        return true;
    }

    /// <summary><c>lns.api.unix</c></summary>
    private static class UnixSection
    {
        private static readonly ApiUnixSettings Default = new();
        public static readonly Section Keys = new();
        private static readonly Key<UnixFileMode> Mode =
            Keys.Value<UnixFileMode>("mode", Default.Mode, "an octal file mode from 0600 to 0777", ReadMode, Apply.Restart);
        private static readonly Key<string?> Group = Keys.OptionalText("group", 64, Apply.Restart);
        private static readonly Key<ApiRole> Role = Keys.Word("role", Default.Role, Apply.Live, ApiRoles.Words);

        public static ApiUnixSettings Read(SectionReader s) => new() { Mode = s.Get(Mode), Group = s.Get(Group), Role = s.Get(Role) };

        private static bool ReadMode(string text, out UnixFileMode mode)
        {
            mode = default;
            if (text.Length is < 3 or > 4 || !text.All(static c => c is >= '0' and <= '7')) return false;
            mode = (UnixFileMode)Convert.ToInt32(text, 8);
            return (int)mode is >= 0b110_000_000 and <= 0b111_111_111;
        }
    }

    /// <summary><c>lns.api.limits</c></summary>
    private static class LimitsSection
    {
        private static readonly ApiLimits Default = new();
        private static readonly TraceSettings DefaultTraces = new();
        public static readonly Section Keys = new();
        private static readonly Key<int> Connections = Keys.Number("connections", Default.Connections, 1, 10_000, Apply.Restart);
        private static readonly Key<long> Body = Keys.Size("body", Default.BodyOctets, KiB, 16 * MiB, Apply.Restart);
        private static readonly Key<TimeSpan> HeaderTimeout =
            Keys.Duration("header-timeout", Default.HeaderTimeout, Second, Minute, Apply.Restart);
        private static readonly Key<TimeSpan> IdleTimeout = Keys.Duration("idle-timeout", Default.IdleTimeout, Second, Hour, Apply.Restart);
        private static readonly Key<int> RequestsPerSecond =
            Keys.Number("requests-per-second", Default.RequestsPerSecond, 1, 100_000, Apply.Restart);
        private static readonly Key<int> RequestsInWork =
            Keys.Number("requests-in-work", Default.RequestsInWork, 1, 1000, Apply.Restart);
        private static readonly Key<int> FailuresPerSecond =
            Keys.Number("failures-per-second", Default.FailuresPerSecond, 1, 1000, Apply.Restart);
        private static readonly Key<int> Traces = Keys.Number("traces", DefaultTraces.Max, 0, 1000, Apply.Restart);
        private static readonly Key<int> TraceRecordsPerSecond =
            Keys.Number("trace-records-per-second", DefaultTraces.RecordsPerSecond, 1, 1_000_000, Apply.Restart);

        public static (ApiLimits Limits, TraceSettings Traces) Read(SectionReader s)
        {
            var limits = new ApiLimits
            {
                Connections = s.Get(Connections),
                BodyOctets = s.Get(Body),
                HeaderTimeout = s.Get(HeaderTimeout),
                IdleTimeout = s.Get(IdleTimeout),
                RequestsPerSecond = s.Get(RequestsPerSecond),
                RequestsInWork = s.Get(RequestsInWork),
                FailuresPerSecond = s.Get(FailuresPerSecond),
            };
            return (limits, new TraceSettings { Max = s.Get(Traces), RecordsPerSecond = s.Get(TraceRecordsPerSecond) });
        }
    }
}

/// <summary>Words of <c>role</c>.</summary>
internal static class ApiRoles
{
    public static readonly (string, ApiRole)[] Words = [("read", ApiRole.Read), ("operate", ApiRole.Operate)];
}

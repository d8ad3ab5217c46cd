using Akka.LNS.Server.Settings.Values;
using static Akka.LNS.Server.Settings.Values.Units;

namespace Akka.LNS.Server.Settings.Sections;

/// <summary><c>lns.metrics</c></summary>
internal static class MetricsSection
{
    public static readonly Section Keys = new();
    private static readonly Part Otlp = Keys.Part("otlp", OtlpSection.Keys);

    public static MetricsSettings Read(SectionReader s) => new() { Otlp = s.In(Otlp, OtlpSection.Read) };

    /// <summary><c>lns.metrics.otlp</c></summary>
    private static class OtlpSection
    {
        private static readonly OtlpSettings Default = new();
        public static readonly Section Keys = new();
        private static readonly Key<string?> Endpoint = Keys.OptionalText("endpoint", 2048, Apply.Restart);
        private static readonly Key<TimeSpan> Interval = Keys.Duration("interval", Default.Interval, Second, Hour, Apply.Restart);
        private static readonly Key<OtlpProtocol> Protocol =
            Keys.Word("protocol", Default.Protocol, Apply.Restart, ("grpc", OtlpProtocol.Grpc), ("http", OtlpProtocol.Http));

        public static OtlpSettings Read(SectionReader s)
        {
            var endpoint = s.Get(Endpoint);
            if (!Uri.TryCreate(endpoint, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https") || uri.UserInfo.Length > 0)
            {
                if (endpoint is not null)
                {
                    // the part before @ can be a password
                    var found = endpoint.Contains('@', StringComparison.Ordinal) ? "a name in front of the host" : $"'{endpoint}'";
                    s.Fail(Endpoint,
                        $"found {found}; allowed: none, or a URL: http://HOST:PORT or https://HOST:PORT, with a path or without");
                }
                uri = null;
            }
            return new OtlpSettings { Endpoint = uri, Interval = s.Get(Interval), Protocol = s.Get(Protocol) };
        }
    }
}

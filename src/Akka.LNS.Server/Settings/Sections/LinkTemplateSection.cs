using System.Collections.Immutable;
using Akka.LNS.Actors.Settings;
using Akka.LNS.Protocol.Ppp;
using Akka.LNS.Protocol.Ppp.Authentication;
using Akka.LNS.Protocol.Subscriber;
using Akka.LNS.Server.Settings.Values;
using static Akka.LNS.Server.Settings.Values.Units;

namespace Akka.LNS.Server.Settings.Sections;

/// <summary><c>lns.links.defaults</c> and each entry of <c>lns.links.templates</c></summary>
internal static class LinkTemplateSection
{
    private static readonly LinkTemplate Default = new();
    private static readonly LinkPolicy Policy = Default.Policy;
    public static readonly Section Keys = new();
    private static readonly Key<ImmutableArray<AuthMethod>> Auth = Keys.WordList("auth", Policy.AuthMethods, Apply.Live,
        ("pap", AuthMethod.Pap), ("chap", AuthMethod.ChapMd5), ("mschap-v2", AuthMethod.MsChapV2));
    private static readonly Key<ImmutableArray<AuthSource>> AuthBy =
        Keys.WordList("auth-by", Default.AuthBy, Apply.Live, AuthSources.Words);
    private static readonly Key<string> Bundle = Keys.Reference("bundle", Default.Bundle, Named.BundleTemplate, Apply.Live);
    private static readonly Key<string?> ServerName = Keys.OptionalText("server-name", 64, Apply.Live);
    private static readonly Key<int> Mru = Keys.Number("mru", Policy.Mru, 128, 9000, Apply.Live);
    private static readonly Key<int> MinPeerMru = Keys.Number("min-peer-mru", Policy.MinPeerMru, 64, 1500, Apply.Live);
    private static readonly Key<int> MaxPeerMru = Keys.Number("max-peer-mru", Policy.MaxPeerMru, 576, 9000, Apply.Live);
    private static readonly Key<TimeSpan> EchoInterval =
        Keys.Duration("echo-interval", Policy.EchoInterval, TimeSpan.Zero, Hour, Apply.Live);
    private static readonly Key<int> EchoFailures = Keys.Number("echo-failures", Policy.EchoFailures, 1, 100, Apply.Live);
    private static readonly Key<double> EchoJitter = Keys.Real("echo-jitter", Policy.EchoJitter, 0, 0.9, Apply.Live);
    private static readonly Key<TimeSpan> FirstRestartInterval =
        Keys.Duration("first-restart-interval", Policy.FirstRestartInterval, 50 * Millisecond, 30 * Second, Apply.Live);
    private static readonly Key<TimeSpan> RestartInterval =
        Keys.Duration("restart-interval", Policy.RestartInterval, 100 * Millisecond, 30 * Second, Apply.Live);
    private static readonly Key<int> MaxConfigure = Keys.Number("max-configure", Policy.MaxConfigure, 1, 100, Apply.Live);
    private static readonly Key<int> MaxTerminate = Keys.Number("max-terminate", Policy.MaxTerminate, 1, 20, Apply.Live);
    private static readonly Key<int> MaxFailure = Keys.Number("max-failure", Policy.MaxFailure, 1, 50, Apply.Live);
    private static readonly Key<TimeSpan> AuthTimeout = Keys.Duration("auth-timeout", Policy.AuthTimeout, Second, 10 * Minute, Apply.Live);
    private static readonly Key<TimeSpan> SetupTimeout =
        Keys.Duration("setup-timeout", Policy.SetupTimeout, Second, 10 * Minute, Apply.Live);
    private static readonly Key<int> MaxLogins = Keys.Number("max-logins", Policy.MaxLogins, 1, 100, Apply.Live);
    private static readonly Key<bool> AllowPfc = Keys.Flag("allow-pfc", Policy.AllowPfc, Apply.Live);
    private static readonly Key<bool> AllowAcfc = Keys.Flag("allow-acfc", Policy.AllowAcfc, Apply.Live);
    private static readonly Key<bool> OfferPfc = Keys.Flag("offer-pfc", Policy.OfferPfc, Apply.Live);
    private static readonly Key<bool> OfferAcfc = Keys.Flag("offer-acfc", Policy.OfferAcfc, Apply.Live);

    public static LinkTemplate Read(string name, SectionReader s, string nodeName)
    {
        var methods = s.Get(Auth);
        var by = s.Get(AuthBy);
        if (!methods.IsEmpty && by.IsEmpty) s.Fail(AuthBy, "no source is asked; allowed: at least one of local, radius");
        if (methods.Distinct().Count() < methods.Length) s.Fail(Auth, "a method stands there twice");
        if (by.Distinct().Count() < by.Length) s.Fail(AuthBy, AuthSources.Twice);
        return new LinkTemplate
        {
            Name = name,
            AuthBy = by,
            Bundle = s.Get(Bundle),
            Policy = new LinkPolicy
            {
                ServerName = s.Get(ServerName) ?? nodeName,
                AuthMethods = methods,
                Mru = (ushort)s.Get(Mru),
                MinPeerMru = (ushort)s.Get(MinPeerMru),
                MaxPeerMru = (ushort)s.Get(MaxPeerMru),
                EchoInterval = s.Get(EchoInterval),
                EchoFailures = (byte)s.Get(EchoFailures),
                EchoJitter = s.Get(EchoJitter),
                FirstRestartInterval = s.Get(FirstRestartInterval),
                RestartInterval = s.Get(RestartInterval),
                MaxConfigure = (byte)s.Get(MaxConfigure),
                MaxTerminate = (byte)s.Get(MaxTerminate),
                MaxFailure = (byte)s.Get(MaxFailure),
                AuthTimeout = s.Get(AuthTimeout),
                SetupTimeout = s.Get(SetupTimeout),
                MaxLogins = (byte)s.Get(MaxLogins),
                AllowPfc = s.Get(AllowPfc),
                AllowAcfc = s.Get(AllowAcfc),
                OfferPfc = s.Get(OfferPfc),
                OfferAcfc = s.Get(OfferAcfc),
            },
        };
    }
}

/// <summary>Words of <c>auth-by</c>.</summary>
internal static class AuthSources
{
    public const string Twice = "a source stands there twice";
    public static readonly (string, AuthSource)[] Words = [("local", AuthSource.Local), ("radius", AuthSource.Radius)];
}

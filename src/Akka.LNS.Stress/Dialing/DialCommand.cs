using System.CommandLine;
using System.Net;
using Akka.LNS.Protocol.Ppp.Authentication;

namespace Akka.LNS.Stress.Dialing;

/// <summary>The command <c>lns-stress dial</c>.</summary>
internal static class DialCommand
{
    private static readonly Option<string> Lns = new("--lns")
    {
        Description = "Address and port of the LNS.", HelpName = "ADDR[:PORT]", DefaultValueFactory = static _ => "127.0.0.1:1701",
    };
    private static readonly Option<string> User = new("--user") { Description = "User name.", DefaultValueFactory = static _ => "demo" };
    private static readonly Option<string> Password = new("--password")
    {
        Description = "Password.", DefaultValueFactory = static _ => "demo",
    };
    private static readonly Option<string> Auth = new("--auth")
    {
        Description = "Authentication: pap, chap or mschap-v2.", DefaultValueFactory = static _ => "mschap-v2",
    };
    private static readonly Option<string?> Secret = new("--secret") { Description = "Shared secret of the tunnel. Default: none." };
    private static readonly Option<int> Pings = new("--pings")
    {
        Description = "Pings to the LNS through the tunnel, 0 to 65535, one each second.", DefaultValueFactory = static _ => 3,
    };
    private static readonly Option<double?> Hold = new("--hold")
    {
        Description = "Hang up after this time. Default: stay until Ctrl-C.", HelpName = "SECONDS",
    };

    public static Command Create()
    {
        var command = new Command("dial", "One subscriber dials, pings the LNS and stays until Ctrl-C. Exit code: 0 connected, 1 failed.")
        {
            Lns, User, Password, Auth, Secret, Pings, Hold,
        };
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancel)
    {
        if (!TryRead(parsed, out var options, out var error))
        {
            await Console.Error.WriteLineAsync($"lns-stress: {error}");
            return StressCommand.WrongArguments;
        }
        using var dialer = new Dialer(options, Console.Out);
        return await Task.Run(() => dialer.Run(cancel), CancellationToken.None) ? StressCommand.Held : StressCommand.Broken;
    }

    private static bool TryRead(ParseResult parsed, out DialOptions options, out string error)
    {
        options = null!;
        var text = parsed.GetValue(Lns)!;
        AuthMethod? method = parsed.GetValue(Auth) switch
        {
            "pap" => AuthMethod.Pap,
            "chap" => AuthMethod.ChapMd5,
            "mschap-v2" => AuthMethod.MsChapV2,
            _ => null,
        };
        error = !IPEndPoint.TryParse(text, out var lns) ? $"--lns {text}: expected ADDRESS or ADDRESS:PORT, for example 192.0.2.1:1701"
            : method is null ? "--auth: expected pap, chap or mschap-v2"
            : parsed.GetValue(Pings) is < 0 or > ushort.MaxValue ? "--pings: expected 0 to 65535"
            : parsed.GetValue(Hold) is < 0 or > 86_400 ? "--hold: expected 0 to 86400 seconds"
            : "";
        if (error.Length > 0) return false;
        if (lns!.Port == 0) lns.Port = 1701;
        options = new DialOptions(lns, parsed.GetValue(User)!, parsed.GetValue(Password)!, method!.Value, parsed.GetValue(Secret),
            parsed.GetValue(Pings), parsed.GetValue(Hold) is { } seconds ? TimeSpan.FromSeconds(seconds) : null);
        return true;
    }
}

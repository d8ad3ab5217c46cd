using System.Text.RegularExpressions;

namespace Akka.LNS.Interop.Tests;

/// <param name="Auth">The one method that the client agrees to: pap, chap or mschapv2; or "any".</param>
/// <param name="Secret">Secret of the tunnel. Empty: the client has none.</param>
/// <param name="Challenge">The client sends a Challenge to the LNS.</param>
/// <param name="Ppp">More lines for pppd.</param>
public sealed record ClientSettings(
    string User, string Password, string Auth, string Secret = "", bool Challenge = false, string Ppp = "", int Mtu = 1400);

public enum DialOutcome
{
    Up,
    Refused,
    TimedOut,
}

/// <summary>Result of a dial-up. Addresses are empty unless the client is up; "-" is a name server that it did not get.</summary>
public sealed record DialResult(
    DialOutcome Outcome, string Device = "", string Address = "", string Peer = "", string Dns1 = "", string Dns2 = "");

/// <summary>Counts and output of ping.</summary>
public sealed partial record PingResult(int Sent, int Received, string Output)
{
    /// <summary>One more may be under way: ping asks again while an answer is late, and stops when it has as many as it wants.</summary>
    public bool AllAnswered => Received > 0 && Sent - Received <= 1 && !Output.Contains("DUP!", StringComparison.Ordinal);
    /// <summary>
    /// Path MTU of a Fragmentation Needed, or of our own kernel's "message too long, mtu=…". Null: neither.
    /// </summary>
    public int? TooBigFor =>
        TooBig().Match(Output) is { Success: true } m ? int.Parse(m.Groups[1].Value, CultureInfo.InvariantCulture) : null;

    public static PingResult Parse(string output) => Summary().Match(output) is { Success: true } m
        ? new PingResult(int.Parse(m.Groups[1].Value, CultureInfo.InvariantCulture),
        int.Parse(m.Groups[2].Value, CultureInfo.InvariantCulture), output)
        : new PingResult(0, 0, output);

    /// <param name="inVain">No answer is expected: ping waits only briefly.</param>
    public static IEnumerable<string> Command(
        string to, int size, bool dontFragment, int count, bool inVain, params IEnumerable<string> more) =>
    [
        // with a deadline it waits for as many answers as it should have; without, only for 0.2 s after the last request
        "ping", "-n", "-M", dontFragment ? "do" : "dont", "-s", $"{size}", "-c", $"{count}", "-i", "0.2", .. inVain ? ["-W", "2"]
            : new[] { "-w", "10" },
        .. more, to,
    ];

    [GeneratedRegex(@"(\d+) packets transmitted, (\d+) received")]
    private static partial Regex Summary();

    [GeneratedRegex(@"mtu ?= ?(\d+)")]
    private static partial Regex TooBig();
}

/// <summary>One real client: xl2tpd, pppd and the kernel's L2TP and PPP, at an address of its own.</summary>
public sealed class UmlClient(Guest guest, ClientSettings settings, int id)
{
    public ClientSettings Settings { get; set; } = settings;
    public string LacAddress => $"10.99.1.{id}";
    /// <summary>Host Name in its SCCRQ.</summary>
    public string LacName => $"lac{id}";
    public string PppLog => guest.Log($"ppp.{id}.log");
    public string Xl2tpdLog => guest.Log($"xl2tpd.{id}.log");
    public string Logs => $"--- pppd{Environment.NewLine}{PppLog}--- xl2tpd{Environment.NewLine}{Xl2tpdLog}";

    public static async Task<UmlClient> Create(Guest guest, ClientSettings settings)
    {
        var client = new UmlClient(guest, settings, ++guest.Clients);
        (await guest.Run($"machine {guest.Clients} {client.LacAddress}/16 {Lab.LnsAddress}")).OrThrow("machine");
        return client;
    }

    /// <summary>
    /// Dials until the client has an address or a refusal. After a hang-up or a crash it dials from the same address and port.
    /// </summary>
    public async Task<DialResult> Dial(int wait = 30)
    {
        var challenge = Settings.Challenge ? "yes" : "no";
        var result = await guest.Run($"""
            ADDRESS={LacAddress} LNS={Lab.LnsAddress} USER='{Settings.User}' PASSWORD='{Settings.Password}' AUTH={Settings.Auth}
            SECRET='{Settings.Secret}' CHALLENGE={challenge} MTU={Settings.Mtu} WAIT={wait} PPP_EXTRA='{Settings.Ppp}' XL2TPD_EXTRA=
            dial {id}
            """, wait + 20);
        var words = result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).LastOrDefault(string.Empty).Split(' ');
        return words[0] switch
        {
            "up" => new DialResult(DialOutcome.Up, words[1], words[2], words[3], words[4], words[5]),
            "refused" => new DialResult(DialOutcome.Refused),
            "timeout" => new DialResult(DialOutcome.TimedOut),
            _ => throw new InvalidOperationException($"dial: {result.Output}"),
        };
    }

    public async Task<DialResult> DialUp()
    {
        var result = await Dial();
        Assert.True(result.Outcome == DialOutcome.Up, $"{result.Outcome}{Environment.NewLine}{Logs}");
        return result;
    }

    /// <summary>Pings a host behind the LNS through the tunnel.</summary>
    public async Task<PingResult> Ping(
        string to = Lab.Internet, int size = 56, bool dontFragment = false, int count = 3, bool inVain = false) =>
        PingResult.Parse((await guest.Run(
            $"in_machine {id} {string.Join(' ', PingResult.Command(to, size, dontFragment, count, inVain))}")).Output);

    /// <summary>Hangs up with LCP Terminate-Request, CDN and StopCCN.</summary>
    public async Task HangUp() => (await guest.Run($"hangup {id}")).OrThrow("hangup");

    /// <summary>Kills both programs with <c>kill -9</c>.</summary>
    public async Task Crash() => (await guest.Run($"crash {id}")).OrThrow("crash");

    /// <summary>Waits until pppd has ended, without doing anything to it.</summary>
    public async Task<bool> WentDown(int seconds = 30) => (await guest.Run($"down {id} {seconds}", seconds + 20)).Output.Trim() == "down";
}

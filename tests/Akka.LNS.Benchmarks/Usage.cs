namespace Akka.LNS.Benchmarks;

internal static class Usage
{
    private const string Text = """
        Measures lnsd from outside. Needs root: it works in a network namespace of its own and touches nothing of the host.

        Usage: dotnet run -c Release --project tests/Akka.LNS.Benchmarks -- setup|forward|storm|beside [options]

        setup: brings sessions up as fast as lnsd takes them (L2TP, LCP, authentication by RADIUS, IPCP, accounting Start), reads what lnsd
        used, takes all sessions down and checks that nothing is left.

          --sessions N         sessions                                                    (10000)
          --tunnels N          tunnels, each from its own address                          (4)
          --auth chap|pap      how subscribers authenticate                                (chap)
          --plane null|tun|both                                                            (both)
          --in-flight N        sessions in set-up at a time                                (200)
          --rate R             new sessions per second; 0: as many as --in-flight lets     (0)
          --warmup N           sessions that go up and down before those that are measured (500)
          --settle SECONDS     rest before memory is read                                  (3)
          --scrapes N          scrapes of /metrics, one after the other, with all up       (10)
          --watch              what it costs to look at it with all up: lnsctl, the API
          --dashboard          what its pages take with all up, in Debian's chromium
          --radius-delay MS    time the RADIUS server takes                                (0)
          --log LEVEL          what lnsd logs, into a file: debug, information, off, ...   (information)
          --hangup cdn|lcp     who ends the sessions: the LAC, or the subscriber           (cdn)
          --set KEY=VALUE      one more setting of lnsd; may come many times
          --json FILE          the result for programs
          --keep               keep lnsd's configuration and log
          --help               this

        forward: sends IPv4 packets of 64, 512 and 1400 octets through lnsd and its TUN device, up, down and in both directions. Prints
        packets per second, the CPU time of lnsd per packet, and the round trip through lnsd at 1,000 packets per second. lnsd has core 0
        and a network namespace of its own. LAC, subscribers and server have core 1 and are joined to it by veth.

          --lnsd PATH          lnsd.dll, or its folder                                     (the one beside this program)
          --versus PATH        another build, measured in turn with the first, row by row
          --seconds S          time of each row                                            (2)
          --rounds N           rounds; medians are printed                                 (1)
          --sessions N         sessions in one tunnel                                      (200)
          --window N           packets under way in each direction                         (256)
          --set KEY=VALUE      one more setting of lnsd; may come many times
          --json FILE          all rows for programs
          --keep               keep lnsd's configuration and log

        storm: one subscriber per LAC sends 1,000 packets per second through lnsd and its TUN device and gets them back, while all others
        dial. Prints the round trip before the storm and in it, and lnsd's garbage collections. Each run starts a new lnsd.

          --lnsd PATH          lnsd.dll, or its folder                                     (the one beside this program)
          --versus PATH        another build, measured in turn with the first
          --sessions N         sessions that dial                                          (9000)
          --in-flight N        sessions in set-up at a time                                (100)
          --rounds N           rounds; each is printed                                     (1)
          --set KEY=VALUE      one more setting of lnsd; may come many times
          --json FILE          all rounds for programs

        beside l2tpns: measures lnsd and Debian's l2tpns in turn, with the same LACs (50 tunnels, CHAP) and the same RADIUS server with
        accounting. The LNS has core 0 and a network namespace of its own, the tools have core 1. Each measurement starts a new process.
        Prints medians, extremes and the ratio as a table.

          --only NAME,...      measurements; the default is all:
                                 fresh      set-ups of a new process
                                 second     set-ups of the same process after all are down
                                 churn      300 sessions down and up again, 20 times
                                 cdn        all end by a CDN of the LAC, until the last accounting Stop
                                 terminate  all end by an LCP Terminate-Request, and a CDN after its Terminate-Ack
                                 quiet      set-up time of single calls, 10 per second
                                 rounds     resident memory after ten rounds up and down
                                 cores      lnsd with two cores against one
                                 many       set-ups of --many sessions of a new process
                                 memory     resident memory with 10,000 and with --many sessions
                                 rest       share of a core with --many sessions for 30 s; LCP echo each 30 s (l2tpns: 10 s)
                                 stopccn    --many sessions end by the StopCCNs of their tunnels
          --runs N             runs                                                        (5)
          --sessions N         sessions                                                    (9000)
          --many N             sessions of many, memory, rest and stopccn                  (50000)
          --in-flight N        sessions in set-up at a time                                (100)
          --lnsd PATH          lnsd.dll, or its folder                                     (artifacts/lnsd of the tree)
          --versus PATH        another build, measured in turn with the first
          --alone              measure no l2tpns
          --set KEY=VALUE      one more setting of lnsd; may come many times
          --env NAME=VALUE     environment of lnsd; may come many times
          --log LEVEL          what lnsd logs, into a file                                 (information)
          --attach COMMAND     shell command beside each measured phase of lnsd; SIGINT ends it; {pid}, {name}, {api} stand for lnsd's
                               process, the phase, the path of its API
          --json FILE          the result for programs
          --keep               keep configuration and log of the servers

        Exit code: 0 when every session came up and nothing was left; 1 when not; 2 for wrong arguments; 3 without the rights.
        """;

    public static int Show()
    {
        Console.WriteLine(Text);
        return 0;
    }

    public static int Refuse(string error)
    {
        Console.Error.WriteLine($"{error}\n\n{Text}");
        return 2;
    }
}

using System.CommandLine;
using System.Globalization;
using Akka.LNS.Client;
using Akka.LNS.Ctl.Terminal;

namespace Akka.LNS.Ctl;

/// <summary>Options that limit a long list.</summary>
internal sealed class Paging
{
    private const int OnTerminal = 100;

    private readonly Option<int?> _limit = new("--limit")
    {
        Description = $"Maximum number of rows. Default: {OnTerminal} in a terminal, else all.", HelpName = "N",
    };

    private readonly Option<bool> _all = new("--all") { Description = "Show all rows, in a terminal too." };

    public void AddTo(Command command)
    {
        _limit.Validators.Add(static r =>
        {
            if (r.Tokens is not [{ Value: var text }]) return;
            if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number <= 0)
                r.AddError($"--limit: found '{text}'; allowed: a whole number, 1 or more");
        });
        command.Add(_limit);
        command.Add(_all);
    }

    /// <summary>Reads as many pages as needed. The total may be larger than the number of rows.</summary>
    public async Task<(int Total, List<T> Rows)> ReadAsync<T>(Run run, Func<PageQuery, Task<(int Total, IReadOnlyList<T> Rows)>> page)
    {
        var most = run.Get(_all) ? int.MaxValue
            : run.Get(_limit) ?? (run.Output.IsTerminal && !run.Output.IsJson ? OnTerminal : int.MaxValue);
        List<T> rows = [];
        while (true)
        {
            var (total, some) = await page(new PageQuery(rows.Count, Math.Min(PageQuery.Most, most - rows.Count)));
            rows.AddRange(some);
            if (some.Count == 0 || rows.Count >= total || rows.Count >= most) return (total, rows);
        }
    }

    /// <summary>Notes on standard error that the list is not complete.</summary>
    public static void SayRest(Output output, int shown, int total)
    {
        if (shown < total) output.Note($"{shown} of {total} rows shown; --all shows all");
    }
}

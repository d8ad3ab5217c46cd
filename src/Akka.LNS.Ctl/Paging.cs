using System.CommandLine;
using System.Globalization;
using Akka.LNS.Client;
using Akka.LNS.Ctl.Terminal;

namespace Akka.LNS.Ctl;

/// <summary>How much of a long list is wanted.</summary>
internal sealed class Paging
{
    private const int OnTerminal = 100;

    private readonly Option<int?> _limit = new("--limit") { Description = $"At most so many; without it {OnTerminal} in a terminal, else all.", HelpName = "N" };
    private readonly Option<bool> _all = new("--all") { Description = "All, in a terminal too." };

    public void AddTo(Command command)
    {
        _limit.Validators.Add(static r =>
        {
            if (r.Tokens is [{ Value: var text }] && !(int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0))
                r.AddError($"--limit: found '{text}'; allowed: a whole number from 1 on");
        });
        command.Add(_limit);
        command.Add(_all);
    }

    /// <summary>As many pages as it takes. The total may be more than the rows.</summary>
    public async Task<(int Total, List<T> Rows)> ReadAsync<T>(Run run, Func<PageQuery, Task<(int Total, IReadOnlyList<T> Rows)>> page)
    {
        var most = run.Get(_all) ? int.MaxValue : run.Get(_limit) ?? (run.Output.IsTerminal && !run.Output.IsJson ? OnTerminal : int.MaxValue);
        List<T> rows = [];
        while (true)
        {
            var (total, some) = await page(new PageQuery(rows.Count, Math.Min(PageQuery.Most, most - rows.Count)));
            rows.AddRange(some);
            if (some.Count == 0 || rows.Count >= total || rows.Count >= most) return (total, rows);
        }
    }

    /// <summary>That there are more, beside the list.</summary>
    public static void SayRest(Output output, int shown, int total)
    {
        if (shown < total) output.Note($"{shown} of {total} shown; --all shows all");
    }
}

using Akka.LNS.Actors.Inventory;
using Akka.LNS.Actors.Node;
using Akka.LNS.Client;
using Akka.LNS.Wire;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Akka.LNS.Server.Api.Resources;

/// <summary>A filter of calls. A call matches when all conditions hold.</summary>
internal sealed class CallFilter
{
    private static readonly (string Word, CallPhase Value)[] Phases = [.. Enum.GetValues<CallPhase>().Select(static p => (Word(p), p))];

    private readonly List<Func<CallEntry, bool>> _conditions = [];
    private string? _text;

    public static string Word(CallPhase phase) => phase switch
    {
        CallPhase.Calling => "calling",
        CallPhase.Link => "link",
        CallPhase.Authentication => "authentication",
        CallPhase.Network => "network",
        CallPhase.Up => "up",
        _ => "closing",
    };

    public bool IsEmpty => _conditions.Count == 0 && _text is null;

    public static CallFilter Read(Query query)
    {
        var filter = new CallFilter();
        if (query.Pattern("user") is { } user) filter._conditions.Add(c => user(c.User) || user(c.Login));
        filter.Fits(query.Pattern("calling"), static c => c.Calling);
        filter.Fits(query.Pattern("called"), static c => c.Called);
        filter.Fits(query.Pattern("lac"), static c => c.Lac);
        filter.Fits(query.Pattern("pool"), static c => c.Pool ?? "");
        if (query.Address("address") is { } address) filter._conditions.Add(c => c.Address == address);
        if (query.Word<CallPhase>("state", Phases) is { } phase) filter._conditions.Add(c => c.Phase == phase);
        filter._text = query.Text("q");
        return filter;
    }

    public static CallFilter Of(DropRequest wanted, Ipv4Address? address)
    {
        var filter = new CallFilter();
        filter.Is(wanted.Id, static c => c.Id);
        if (wanted.User is { } user) filter._conditions.Add(c => c.User == user || c.Login == user);
        filter.Is(wanted.Calling, static c => c.Calling);
        filter.Is(wanted.Lac, static c => c.Lac);
        filter.Is(wanted.Pool, static c => c.Pool ?? "");
        if (address is { } wantedAddress) filter._conditions.Add(c => c.Address == wantedAddress);
        return filter;
    }

    public IEnumerable<CallEntry> Of(CallTable calls) =>
        _text is { } text ? calls.All.Where(Fits).Where(SearchRule.Calls(text, calls)) : calls.All.Where(Fits);

    /// <summary>Answers with a page of the calls that match the request, by id.</summary>
    /// <param name="isThere">Calls that have a row in this list.</param>
    public static Results<Ok<T>, ValidationProblem> List<T>(HttpRequest request, LnsNode node, Func<CallEntry, bool> isThere,
        Func<Page, Cut<CallEntry>, T> answer)
    {
        var query = new Query(request);
        var (filter, page) = (Read(query), Page.Read(query));
        if (query.Problem() is { } problem) return problem;
        var found = page.Of(filter.Of(node.Calls).Where(isThere), static c => c.Id, string.CompareOrdinal);
        return TypedResults.Ok(answer(page, found));
    }

    private bool Fits(CallEntry call)
    {
        foreach (var condition in _conditions)
            if (!condition(call)) return false;
        return true;
    }

    private void Fits(Func<string, bool>? pattern, Func<CallEntry, string> of)
    {
        if (pattern is not null) _conditions.Add(c => pattern(of(c)));
    }

    private void Is(string? text, Func<CallEntry, string> of)
    {
        if (text is not null) _conditions.Add(c => of(c) == text);
    }
}

using Akka.LNS.Actors.Inventory;
using Akka.LNS.Actors.Node;
using Akka.LNS.Client;
using Akka.LNS.Wire;
using Akka.LNS.Wire.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Akka.LNS.Server.Api.Resources;

/// <summary>A filter of calls. A call matches when all conditions hold.</summary>
internal sealed class CallFilter
{
    private static readonly (string Word, CallPhase Value)[] Phases = [.. Enum.GetValues<CallPhase>().Select(static p => (Word(p), p))];

    private readonly List<Func<CallEntry, bool>> _conditions = [];

    public static string Word(CallPhase phase) => phase switch
    {
        CallPhase.Calling => "calling",
        CallPhase.Link => "link",
        CallPhase.Authentication => "authentication",
        CallPhase.Network => "network",
        CallPhase.Up => "up",
        _ => "closing",
    };

    public bool IsEmpty => _conditions.Count == 0;

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
        // a complete address matches as a whole, not as the start of longer addresses
        if (query.Text("q") is { } text)
            filter._conditions.Add(Ipv4Address.TryParse(text, out var whole)
                ? c => c.Address == whole || InText(c, text)
                : c => Contains(c, text));
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

    public IEnumerable<CallEntry> Of(CallTable calls) => calls.All.Where(Fits);

    /// <summary>Answers with a page of the calls that match the request, by id.</summary>
    /// <param name="isThere">Calls that have a row in this list.</param>
    public static Results<Ok<T>, ValidationProblem> List<T>(HttpRequest request, LnsNode node, Func<CallEntry, bool> isThere,
        Func<int, Page, IEnumerable<CallEntry>, T> answer)
    {
        var query = new Query(request.Query);
        var (filter, page) = (Read(query), Page.Read(query));
        if (query.Problem() is { } problem) return problem;
        var found = page.Of(filter.Of(node.Calls).Where(isThere), static c => c.Id, string.CompareOrdinal);
        return TypedResults.Ok(answer(found.Total, page, found.Rows));
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

    /// <summary>The rule of <c>q</c> for an ended call.</summary>
    public static bool Contains(Disconnect ended, string text) =>
        In(ended.User, text) || In(ended.Id, text) || In(ended.Calling, text) || In(ended.Lac, text)
            || (Ipv4Address.TryParse(text, out var whole) ? ended.Address == whole
                : !ended.Address.IsNone && In(ended.Address.ToString(), text));

    private static bool Contains(CallEntry call, string text)
    {
        Span<char> address = stackalloc char[Ipv4Address.MostCharacters];
        return InText(call, text)
            || (!call.Address.IsNone && call.Address.TryFormat(address, out var length) && In(address[..length], text));
    }

    private static bool InText(CallEntry call, string text) =>
        In(call.User, text) || In(call.Login, text) || In(call.Id, text) || In(call.Calling, text) || In(call.Called, text)
        || In(call.Lac, text);

    private static bool In(ReadOnlySpan<char> value, string text) => value.Contains(text, StringComparison.OrdinalIgnoreCase);

    /// <summary>A part of the text as it is shown is enough, so that the list follows what is typed.</summary>
    private static bool In(string value, string text) =>
        In(value.AsSpan(), text) || (!PeerText.IsPlain(value) && In(PeerText.Show(value).AsSpan(), text));
}

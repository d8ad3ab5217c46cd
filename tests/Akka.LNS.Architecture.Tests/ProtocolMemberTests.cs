using System.Text.RegularExpressions;
using Mono.Cecil;

namespace Akka.LNS.Architecture.Tests;

/// <summary>Protocol has no member that only tests use.</summary>
public class ProtocolMemberTests
{
    private const string Protocol = "Akka.LNS.Protocol";

    /// <summary>Members that nothing in src uses and that stay, each with its reason.</summary>
    private static readonly Dictionary<string, string> Excepted = new()
    {
        [$"{Protocol}.Addressing.AddressRange.TryParse"] = "tests write ranges as text",
        [$"{Protocol}.Addressing.AddressPools.TryFind"] = "property tests compare the leases with a model",
        [$"{Protocol}.Addressing.AddressPools.Used"] = "property tests compare the leases with a model",
        [$"{Protocol}.Handover.TunnelRecord.Encode"] = "format for a node that takes a tunnel over; no node does yet",
        [$"{Protocol}.Handover.TunnelRecord.TryDecode"] = "format for a node that takes a tunnel over; no node does yet",
        [$"{Protocol}.Handover.TunnelSnapshot.Of"] = "format for a node that takes a tunnel over; no node does yet",
        [$"{Protocol}.Handover.TunnelSnapshot.Resume"] = "format for a node that takes a tunnel over; no node does yet",
        [$"{Protocol}.Admission.RestingQuotas`1.Count"] = "tests measure the bound of the memory",
        [$"{Protocol}.Radius.RadiusBacklog`1.IsWaiting"] = "property tests compare the backlog with a model",
        [$"{Protocol}.Radius.RadiusBacklog`1.Waiting"] = "property tests compare the backlog with a model",
        [$"{Protocol}.Radius.ReplayGuard.Count"] = "tests measure the bound of the memory",
        [$"{Protocol}.Subscriber.SubscriberProfile.DelegatedIpv6Prefixes"] = "attribute for IPv6CP and DHCPv6, which are not there yet",
        [$"{Protocol}.Subscriber.SubscriberProfile.FramedIpv6Addresses"] = "attribute for IPv6CP and DHCPv6, which are not there yet",
        [$"{Protocol}.Subscriber.SubscriberProfile.FramedIpv6Pool"] = "attribute for IPv6CP and DHCPv6, which are not there yet",
        [$"{Protocol}.Subscriber.SubscriberProfile.FramedIpv6Prefixes"] = "attribute for IPv6CP and DHCPv6, which are not there yet",
        [$"{Protocol}.Subscriber.SubscriberProfile.FramedIpv6Routes"] = "attribute for IPv6CP and DHCPv6, which are not there yet",
        [$"{Protocol}.Subscriber.SubscriberProfile.MpdAction"] = "attribute for the actions of mpd, which are not there yet",
        [$"{Protocol}.Subscriber.SubscriberProfile.State"] = "attribute for RADIUS challenges, which are not there yet",
        [$"{Protocol}.Subscriber.SubscriberProfile.TerminationAction"] = "attribute for a login that continues, which is not there yet",
    };

    /// <summary>Members of a record that the compiler writes and that a record may also write itself.</summary>
    private static readonly HashSet<string> OfRecords =
    [
        "Equals", "GetHashCode", "ToString", "PrintMembers", "Deconstruct", "<Clone>$", "get_EqualityContract", "op_Equality",
        "op_Inequality",
    ];

    [Fact]
    public void Every_member_of_Protocol_has_a_caller() =>
        Violations.None(Unused().Where(static v => !Excepted.ContainsKey(v.Name)).Select(static v => v.Message));

    [Fact]
    public void Every_exception_is_still_needed() => Assert.Empty(Excepted.Keys.Except(Unused().Select(static v => v.Name)));

    /// <summary>Names of the members that no other member of src uses, with file and line.</summary>
    private static (string Name, string Message)[] Unused()
    {
        var code = CompiledSources.Instance;
        var used = new HashSet<IMemberDefinition>();
        foreach (var use in code.Uses)
            if (!Equals(use.By, use.Used) && !OfRecords.Contains(use.By.Name)) used.Add(use.Used);
        var constants = new Lazy<string>(static () => string.Join('\n', Repository.Sources("src").Select(File.ReadAllText)));
        var unused =
            from type in code.Assembly(Protocol).MainModule.GetTypes()
            where !IsGenerated(type)
            from member in Members(type)
            where member is FieldDefinition { IsLiteral: true } constant ? !IsNamedTwice(constant, constants.Value) : !IsUsed(member, used)
            let name = $"{type.FullName.Replace('/', '.')}.{member.Name}"
            select (name, $"{code.Where(member)}: {name} has no caller in src");
        return unused.DistinctBy(static v => v.name).ToArray();
    }

    private static bool IsGenerated(TypeDefinition type) =>
        type.Name.Contains('<', StringComparison.Ordinal) || type.Name.StartsWith("__", StringComparison.Ordinal) || type.IsEnum
        || type.DeclaringType is { } outer && IsGenerated(outer);

    /// <summary>Public and internal members that a person wrote: no accessors, overrides, operators, implementations of an
    /// interface.</summary>
    private static IEnumerable<IMemberDefinition> Members(TypeDefinition type)
    {
        foreach (var property in type.Properties)
        {
            var accessor = property.GetMethod ?? property.SetMethod;
            if (IsSeen(accessor) && !IsImposed(accessor) && !IsPositional(property)) yield return property;
        }
        foreach (var method in type.Methods)
        {
            if (!IsSeen(method) || IsImposed(method) || method.IsRuntime || method.Name.Contains('<', StringComparison.Ordinal)) continue;
            if (method.IsGetter || method.IsSetter || method.Name.StartsWith("op_", StringComparison.Ordinal)) continue;
            if (IsRecord(type) && OfRecords.Contains(method.Name)) continue;
            // a value may also come from its default or from an initializer
            if (method.IsConstructor
                && (method.IsStatic || method.Parameters.Count == 0 || type.IsAbstract || type.IsValueType || IsCopy(method)))
                continue;
            yield return method;
        }
        foreach (var field in type.Fields)
        {
            var isSeen = field.IsPublic || field.IsAssembly || field.IsFamilyOrAssembly;
            if (isSeen && !field.Name.Contains('<', StringComparison.Ordinal)) yield return field;
        }
    }

    private static bool IsUsed(IMemberDefinition member, HashSet<IMemberDefinition> used) => member switch
    {
        // a property that is only written is not used
        PropertyDefinition { GetMethod: { } getter } => used.Contains(getter),
        PropertyDefinition property => used.Contains(property.SetMethod),
        _ => used.Contains(member),
    };

    private static bool IsSeen(MethodDefinition method) => method.IsPublic || method.IsAssembly || method.IsFamilyOrAssembly;

    private static bool IsImposed(MethodDefinition method)
    {
        if (method.HasOverrides || (method.IsVirtual && !method.IsNewSlot)) return true;
        return method.DeclaringType.Interfaces.Select(static i => i.InterfaceType.Resolve())
            .Any(contract => contract?.Methods.Any(m => m.Name == method.Name && m.Parameters.Count == method.Parameters.Count) == true);
    }

    private static bool IsRecord(TypeDefinition type) => type.Methods.Any(static m => m.Name is "<Clone>$" or "PrintMembers");

    private static bool IsCopy(MethodDefinition method) =>
        method.Parameters is [{ ParameterType: var only }] && only.FullName == method.DeclaringType.FullName;

    /// <summary>Made by the compiler from a parameter of the record.</summary>
    private static bool IsPositional(PropertyDefinition property) => IsRecord(property.DeclaringType)
        && property.DeclaringType.Methods.Any(m => m.IsConstructor && m.Parameters.Any(p => p.Name == property.Name));

    /// <summary>The compiler copies the value of a constant, so only its name shows its uses.</summary>
    private static bool IsNamedTwice(FieldDefinition constant, string sources) =>
        Regex.Count(sources, $@"\b{Regex.Escape(constant.Name)}\b") > 1;
}

using Mono.Cecil;

namespace Akka.LNS.Architecture.Tests;

/// <summary>Folders of one project do not use each other in a circle. A folder is a namespace.</summary>
public class FolderCycleTests
{
    [Fact]
    public void Folders_of_a_project_do_not_use_each_other_in_a_circle() => Violations.None(
        from assembly in CompiledSources.Instance.Assemblies
        let edges = Edges(assembly)
        let circles = Circles(edges.Keys)
        from edge in edges
        where circles.TryGetValue(edge.Key.From, out var a) && circles.TryGetValue(edge.Key.To, out var b) && ReferenceEquals(a, b)
        let name = $"{assembly.Name.Name}: {edge.Key.From} -> {edge.Key.To}"
        orderby name
        select $"{edge.Value}: {name}, in the circle of {string.Join(", ", circles[edge.Key.From])}");

    /// <summary>Which folder uses which, and one place where it does.</summary>
    private static Dictionary<(string From, string To), string> Edges(AssemblyDefinition assembly)
    {
        var code = CompiledSources.Instance;
        var edges = new Dictionary<(string From, string To), string>();
        foreach (var use in code.Uses)
        {
            var from = use.By.DeclaringType;
            if (from.Module != assembly.MainModule) continue;
            var to = use.Used as TypeDefinition ?? use.Used.DeclaringType;
            Add(from, to, () => code.Where(use));
        }
        foreach (var type in assembly.MainModule.GetTypes())
            foreach (var part in Signature(type).SelectMany(static t => Parts(t)))
                if (part.Scope is ModuleDefinition && part.Resolve() is { } to)
                {
                    Add(type, to, () =>
                        code.FileOf(CompiledSources.Written(type)) is { } file ? code.Naming(file, to.Name) : type.FullName);
                }
        return edges;

        void Add(TypeDefinition from, TypeDefinition to, Func<string> where)
        {
            if (to.Module != assembly.MainModule) return;
            var (a, b) = (Folder(from), Folder(to));
            if (a is null || b is null || a == b || edges.ContainsKey((a, b))) return;
            edges.Add((a, b), where());
        }
    }

    private static string? Folder(TypeDefinition type)
    {
        while (type.DeclaringType is { } outer) type = outer;
        return type.Namespace.StartsWith("Akka.LNS", StringComparison.Ordinal) ? type.Namespace : null;
    }

    private static IEnumerable<TypeReference?> Signature(TypeDefinition type) =>
        [type.BaseType, .. type.Interfaces.Select(static i => i.InterfaceType), .. type.Fields.Select(static f => f.FieldType),
            .. type.Methods.SelectMany(static m => m.Parameters.Select(static p => p.ParameterType).Append(m.ReturnType))];

    /// <summary>A type and what stands between its angle brackets.</summary>
    private static IEnumerable<TypeReference> Parts(TypeReference? type) => type switch
    {
        null or GenericParameter => [],
        GenericInstanceType generic => generic.GenericArguments.SelectMany(static a => Parts(a)).Append(generic.ElementType),
        TypeSpecification specification => Parts(specification.ElementType),
        _ => [type],
    };

    /// <summary>For each folder in a circle, all folders of that circle: the strongly connected parts with more than one folder.</summary>
    private static Dictionary<string, string[]> Circles(IEnumerable<(string From, string To)> edges)
    {
        var next = edges.ToLookup(static e => e.From, static e => e.To);
        var reach = next.Select(static from => from.Key).ToDictionary(static folder => folder, folder => Reached(folder));
        var circles = new Dictionary<string, string[]>();
        foreach (var folder in reach.Keys.Order(StringComparer.Ordinal))
        {
            if (circles.ContainsKey(folder)) continue;
            var circle = reach[folder].Where(other => reach.TryGetValue(other, out var back) && back.Contains(folder))
                .Order(StringComparer.Ordinal).ToArray();
            if (circle.Length < 2) continue;
            foreach (var member in circle) circles[member] = circle;
        }
        return circles;

        HashSet<string> Reached(string from)
        {
            var (found, open) = (new HashSet<string>(StringComparer.Ordinal), new Stack<string>([from]));
            while (open.TryPop(out var at))
                foreach (var to in next[at])
                    if (found.Add(to)) open.Push(to);
            return found;
        }
    }
}

using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using Mono.Cecil;
using Mono.Cecil.Cil;

namespace Akka.LNS.Architecture.Tests;

/// <summary>One use of a member or type by the code of a method.</summary>
/// <param name="By">Method with the code; code of a lambda, iterator or async method belongs to the method it is written in.</param>
/// <param name="Used">Definition of what is used: method, field or type.</param>
/// <param name="Point">File and line; null: code that no line of a file stands for.</param>
internal sealed record Use(MethodDefinition By, IMemberDefinition Used, SequencePoint? Point);

/// <summary>The assemblies of src as compiled beside these tests, with the files and lines of their portable PDBs.</summary>
internal sealed class CompiledSources
{
    private static readonly Lazy<CompiledSources> Read = new(static () => new CompiledSources());
    private readonly ConcurrentDictionary<string, string[]> _lines = new(StringComparer.Ordinal);
    private readonly Dictionary<TypeDefinition, string?> _files = [];
    private readonly List<Use> _uses = [];

    private CompiledSources()
    {
        var folder = Path.GetDirectoryName(typeof(CompiledSources).Assembly.Location)!;
        var resolver = new Resolver();
        resolver.AddSearchDirectory(folder);
        resolver.AddSearchDirectory(Path.GetDirectoryName(typeof(object).Assembly.Location)!);
        Assemblies = Directory.EnumerateDirectories(Path.Combine(Repository.Root, "src")).Select(static project => NameOf(project))
            .Select(name => AssemblyDefinition.ReadAssembly(Path.Combine(folder, $"{name}.dll"),
                new ReaderParameters { AssemblyResolver = resolver, ReadSymbols = true }))
            .ToArray();
        foreach (var assembly in Assemblies) resolver.Keep(assembly);
        foreach (var assembly in Assemblies)
            foreach (var type in assembly.MainModule.GetTypes())
                foreach (var method in type.Methods) Collect(method);
    }

    public static CompiledSources Instance => Read.Value;

    public IReadOnlyList<AssemblyDefinition> Assemblies { get; }

    /// <summary>What the code of all methods uses of our own assemblies.</summary>
    public IReadOnlyList<Use> Uses => _uses;

    public AssemblyDefinition Assembly(string name) => Assemblies.First(a => a.Name.Name == name);

    /// <summary>The outermost type that a person wrote around this one.</summary>
    public static TypeDefinition Written(TypeDefinition type)
    {
        while (type.Name.Contains('<', StringComparison.Ordinal) && type.DeclaringType is { } outer) type = outer;
        return type;
    }

    /// <summary>Source file of a type: the one with the code of its first method that has any.</summary>
    public string? FileOf(TypeDefinition type)
    {
        if (_files.TryGetValue(type, out var known)) return known;
        var file = type.Methods.Select(static m => Point(m)?.Document.Url).FirstOrDefault(static url => url is not null)
            ?? type.NestedTypes.Select(FileOf).FirstOrDefault(static url => url is not null)
            ?? Declaring(type);
        return _files[type] = file;
    }

    /// <summary>File and line of a member, or of the first line of its type's file that names it.</summary>
    public string Where(IMemberDefinition member)
    {
        var method = member as MethodDefinition ?? (member as PropertyDefinition)?.GetMethod ?? (member as PropertyDefinition)?.SetMethod;
        if (method is not null && Point(method) is { } point) return At(point);
        var type = member as TypeDefinition ?? member.DeclaringType;
        var word = member is MethodDefinition { IsConstructor: true } ? type.Name : member.Name;
        return FileOf(type) is { } file ? Naming(file, word) : type.FullName;
    }

    /// <summary>File and line of a use.</summary>
    public string Where(Use use) => use.Point is { } point ? At(point) : Where(use.By.DeclaringType);

    /// <summary>The file, and its first line with this word.</summary>
    public string Naming(string file, string word)
    {
        word = word.Split('`')[0];
        var lines = _lines.GetOrAdd(file, static f => File.ReadAllLines(f));
        var line = Array.FindIndex(lines, l => Regex.IsMatch(l, $@"\b{Regex.Escape(word)}\b"));
        return $"{Repository.Relative(file)}:{line + 1}";
    }

    /// <summary>Gives one definition of each member, whichever assembly refers to it.</summary>
    private sealed class Resolver : DefaultAssemblyResolver
    {
        public void Keep(AssemblyDefinition assembly) => RegisterAssembly(assembly);
    }

    private static string NameOf(string project) => Path.GetFileName(project) switch
    {
        "Akka.LNS.Server" => "lnsd",
        "Akka.LNS.Ctl" => "lnsctl",
        "Akka.LNS.Stress" => "lns-stress",
        "Akka.LNS.DataPlane.Native" => "lnsplane",
        var name => name,
    };

    private static string At(SequencePoint point) => $"{Repository.Relative(point.Document.Url)}:{point.StartLine}";

    private static SequencePoint? Point(MethodDefinition method) =>
        method.DebugInformation.SequencePoints.FirstOrDefault(static p => !p.IsHidden && File.Exists(p.Document.Url));

    /// <summary>A type without code: the file beside its neighbours that declares it.</summary>
    private string? Declaring(TypeDefinition type)
    {
        var name = Regex.Escape(type.Name.Split('`')[0]);
        var declares = new Regex($@"\b(class|record|struct|interface|enum|delegate [\w<>\[\]?]+)\s+{name}\b");
        return Repository.Sources("src")
            .FirstOrDefault(f => _lines.GetOrAdd(f, static x => File.ReadAllLines(x)).Any(line => declares.IsMatch(line)));
    }

    private void Collect(MethodDefinition method)
    {
        if (!method.HasBody) return;
        var by = Owner(method);
        var points = method.DebugInformation.SequencePoints.Where(static p => !p.IsHidden).ToArray();
        foreach (var instruction in method.Body.Instructions)
        {
            var used = instruction.Operand switch
            {
                MethodReference m => Ours(m.DeclaringType) ? m.Resolve() : null,
                FieldReference f => Ours(f.DeclaringType) ? f.Resolve() : null,
                TypeReference t => Ours(t) ? t.Resolve() : null,
                _ => (IMemberDefinition?)null,
            };
            if (instruction.Operand is MethodReference generic) // also what stands between the angle brackets
            {
                foreach (var argument in (generic as GenericInstanceMethod)?.GenericArguments ?? [])
                    if (Ours(argument) && argument.Resolve() is { } type) Add(type, instruction);
            }
            if (used is not null) Add(used, instruction);
        }

        void Add(IMemberDefinition used, Instruction at)
        {
            var point = points.LastOrDefault(p => p.Offset <= at.Offset) ?? points.FirstOrDefault();
            _uses.Add(new Use(by, used, point));
        }
    }

    private bool Ours(TypeReference? type) => type is { IsGenericParameter: false }
        && type.GetElementType() is { } element && !element.IsGenericParameter
        && (element.Scope is ModuleDefinition
            || (element.Scope?.Name is { } scope && (scope.StartsWith("Akka.LNS", StringComparison.Ordinal) || scope == "lnsd")));

    /// <summary>The method a person wrote: code of its lambdas, local functions, iterators and async states is in others.</summary>
    private static MethodDefinition Owner(MethodDefinition method)
    {
        for (var (type, name) = (method.DeclaringType, method.Name); type is not null; (type, name) = (type.DeclaringType, type.Name))
        {
            var (open, close) = (name.IndexOf('<', StringComparison.Ordinal), name.IndexOf('>', StringComparison.Ordinal));
            if (open < 0) return type.Methods.FirstOrDefault(m => m == method) ?? method;
            if (close <= open + 1) continue;
            var written = name[(open + 1)..close];
            for (var outer = type; outer is not null; outer = outer.DeclaringType)
                if (outer.Methods.FirstOrDefault(m => m.Name == written) is { } owner) return owner;
        }
        return method;
    }
}

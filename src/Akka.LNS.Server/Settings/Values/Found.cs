using Akka.LNS.Server.Settings.Hocon;

namespace Akka.LNS.Server.Settings.Values;

/// <summary>A value with its position.</summary>
/// <param name="Layer">0: the section itself; higher: the defaults behind it.</param>
internal readonly record struct Found(HoconNode Node, string Path, int Layer)
{
    /// <summary>Null: a list or section.</summary>
    public string? Text => (Node as HoconScalar)?.Text;

    public bool IsNone => Node is HoconScalar { Text: "none", Quoted: false };

    /// <summary>Items of a list; one value alone is a list of one.</summary>
    public IReadOnlyList<HoconNode> Items => Node is HoconArray array ? array.Items : [Node];

    /// <summary>A path, from the folder of the file that holds the value.</summary>
    public string Resolve(string path) => System.IO.Path.Combine(System.IO.Path.GetDirectoryName(Node.At.File) ?? "", path);
}

namespace Akka.LNS.Ctl.Terminal;

/// <summary>Format of the output.</summary>
internal enum OutputFormat
{
    /// <summary>Columns are shortened or left out so that a row fits the width of the terminal.</summary>
    Table,
    /// <summary>All columns, in full.</summary>
    Wide,
    Csv,
    /// <summary>One document.</summary>
    Json,
    /// <summary>One document for each row.</summary>
    JsonLines,
}

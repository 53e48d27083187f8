using System.Text;
using System.Text.RegularExpressions;
using Replay.Sql;

namespace Replay.Replayer;

/// <summary>
/// PostgreSQL: from which sequences something else draws than inserts that are seen: triggers and functions that touch the table, <c>nextval</c>, inserts through views, MERGE, statements
/// inside of others; or which of them something sets.
/// </summary>
internal sealed partial class SharedSequences
{
    private readonly List<(string Table, string Sequence)> _columns = [];
    private readonly SearchPaths _paths;
    private readonly List<CatalogTrigger> _triggers;
    private readonly Dictionary<string, CatalogView> _views;
    private readonly ILookup<string, CatalogFunction> _functions;
    private readonly HashSet<string> _noted = new(StringComparer.Ordinal); // functions and names of sequences that have been followed
    private readonly HashSet<string> _shared = new(StringComparer.Ordinal);
    private bool _isElsewhere; // some session looks for names elsewhere than the catalogue's login
    private bool _isAllShared;

    /// <summary>For a database's tables, as <c>schema.name</c>, each with the columns that sequences fill.</summary>
    public SharedSequences(OrderCatalog catalog, SearchPaths paths, IEnumerable<(string Table, string Sequence)> columns)
    {
        _paths = paths;
        _columns.AddRange(columns);
        _views = catalog.Views.ToDictionary(static v => $"{v.Schema}.{v.Name}", StringComparer.Ordinal);
        _functions = catalog.Functions.Where(static f => f.Writes).ToLookup(static f => f.Name, StringComparer.Ordinal);
        _triggers = [.. catalog.Tables.SelectMany(static t => t.Triggers), .. catalog.Views.SelectMany(static v => v.Triggers)];
        _triggers.ForEach(t => ShareOf(t.Touches));
    }

    /// <summary>Whether something else draws from it, as far as is known yet.</summary>
    public bool Contains(string sequence) => _shared.Contains(sequence);

    /// <summary>A statement of the workload, and where its names are looked for; null: nobody knows.</summary>
    public void Note(StatementAccess statement, ReadOnlySpan<byte> text, SearchPath? path)
    {
        if (path != _paths.Default && !_isElsewhere)
        {
            _isElsewhere = true;
            _triggers.ForEach(t => ShareOf(t.Elsewhere));
            foreach (var name in _noted.Where(_functions.Contains))
            {
                ShareElsewhere(name);
            }
        }

        foreach (var function in statement.Functions)
        {
            if (function is "nextval" or "setval")
            {
                ShareNamed(text);
            }
            else if (_functions.Contains(function) && _noted.Add(function))
            {
                foreach (var own in _functions[function])
                {
                    ShareOf(own.Touches);
                }

                if (_isElsewhere)
                {
                    ShareElsewhere(function);
                }
            }
        }

        foreach (var table in statement.Tables)
        {
            if (table.Use is not (TableUse.Insert or TableUse.Upsert))
            {
                continue;
            }

            foreach (var name in _paths.Names(table, path))
            {
                if (_views.TryGetValue(name, out var view))
                {
                    ShareOf(view.Tables);
                }
                else if (statement.Verb == AccessVerb.Merge || (path is null && table.Schema is null))
                {
                    ShareOf([name]);
                }
            }
        }

        var hidden = statement.Verb switch
        {
            AccessVerb.Call or AccessVerb.Unknown => Draws(),
            AccessVerb.Session => Prepares(),
            AccessVerb.Ddl or AccessVerb.Truncate => Restarts(),
            _ => null,
        };
        if (hidden?.IsMatch(Encoding.UTF8.GetString(text)) == true)
        {
            ShareOf(null);
        }
    }

    /// <summary>The name that a call of nextval, setval or currval gives, without quotes; null if it gives none.</summary>
    public static string? NameIn(ReadOnlySpan<byte> text) => SequenceCalls().Match(Encoding.UTF8.GetString(text)) is { Success: true } call ? Unquoted(call.Groups[1].Value) : null;

    /// <summary>Whether a name, with its schema or without, is a sequence's.</summary>
    public static bool IsNamed(string sequence, string name) =>
        Unquoted(sequence) is var full && (full.Equals(name, StringComparison.OrdinalIgnoreCase) || full.EndsWith($".{name}", StringComparison.OrdinalIgnoreCase));

    // Of tables in which something else may insert; null: of any.
    private void ShareOf(IReadOnlyList<string>? touched)
    {
        if (touched is null)
        {
            Share(static _ => true);
            _isAllShared = true;
        }
        else if (touched.Count > 0)
        {
            Share(c => touched.Contains(c.Table, StringComparer.Ordinal));
        }
    }

    private void ShareElsewhere(string function)
    {
        foreach (var own in _functions[function])
        {
            ShareOf(own.Elsewhere);
        }
    }

    private void ShareNamed(ReadOnlySpan<byte> text)
    {
        var names = SequenceCalls().Matches(Encoding.UTF8.GetString(text));
        if (names.Count == 0)
        {
            ShareOf(null); // a parameter
        }

        foreach (var name in names.Select(static n => Unquoted(n.Groups[1].Value)).Where(n => _noted.Add($"sequence {n}")))
        {
            Share(c => IsNamed(c.Sequence, name));
        }
    }

    private void Share(Func<(string Table, string Sequence), bool> isMeant)
    {
        if (!_isAllShared)
        {
            _shared.UnionWith(_columns.Where(isMeant).Select(static c => c.Sequence));
        }
    }

    private static string Unquoted(string name) => name.Replace("\"", "", StringComparison.Ordinal);

    [GeneratedRegex(@"(?:nextval|setval|currval)\s*\(\s*'([^']+)'", RegexOptions.IgnoreCase)]
    private static partial Regex SequenceCalls();

    [GeneratedRegex(@"\b(INSERT|COPY|MERGE|CALL|DO)\b", RegexOptions.IgnoreCase)]
    private static partial Regex Draws();

    [GeneratedRegex(@"^\s*PREPARE\b.*\b(INSERT|MERGE)\b", RegexOptions.IgnoreCase | RegexOptions.Singleline)]
    private static partial Regex Prepares();

    [GeneratedRegex(@"\b(RESTART|SEQUENCE|IDENTITY)\b", RegexOptions.IgnoreCase)]
    private static partial Regex Restarts();
}

using System.Net;
using System.Text.RegularExpressions;
using Replay.Workload;

namespace Replay.Replayer;

/// <summary>
/// What is included and excluded. Terms of one key widen each other, keys narrow each other, and what is excluded is so whatever includes it. In values <c>*</c> stands for anything; case counts.
/// </summary>
public sealed class SelectionFilter
{
    private static readonly string[] OfSessions = ["user", "database", "client", "application"];
    private static readonly string[] OfExchanges = ["class", "shape"];

    private readonly List<(string Key, Regex Value)> _included;
    private readonly List<(string Key, Regex Value)> _excluded;

    private SelectionFilter(IEnumerable<string> included, IEnumerable<string> excluded)
    {
        _included = [.. included.Select(t => Term(t, "--include"))];
        _excluded = [.. excluded.Select(t => Term(t, "--exclude"))];
        Words = string.Join(", ", included.Order(StringComparer.Ordinal).Select(static t => $"include {t}").Concat(excluded.Order(StringComparer.Ordinal).Select(static t => $"exclude {t}")));
    }

    /// <summary>Everything is played.</summary>
    public static SelectionFilter None { get; } = new([], []);

    /// <summary>The keys.</summary>
    public static string Keys { get; } = string.Join("=, ", OfSessions.Concat(OfExchanges)) + "=";

    /// <summary>As manifests have it; empty if nothing is filtered.</summary>
    public string Words { get; }

    /// <summary>Whether it tells exchanges of one session apart.</summary>
    public bool TellsExchanges => _included.Concat(_excluded).Any(t => OfExchanges.Contains(t.Key));

    /// <summary>Reads terms like <c>user=app</c>; a <see cref="CommandException"/> if one is none.</summary>
    public static SelectionFilter Parse(IReadOnlyList<string> included, IReadOnlyList<string> excluded) => new(included, excluded);

    /// <summary>Whether any of a session is played.</summary>
    public bool Takes(Session session)
    {
        ArgumentNullException.ThrowIfNull(session);
        return Takes(OfSessions, key => key switch
        {
            "user" => session.User ?? "",
            "database" => session.Database ?? "",
            "client" => AddressOf(session.Client),
            _ => session.Application ?? "",
        });
    }

    /// <summary>By shape's number, whether exchanges of it are played as such; those without a shape are like <paramref name="ofNone"/>.</summary>
    public bool[] Takes(IReadOnlyList<Shape> shapes, out bool ofNone)
    {
        ArgumentNullException.ThrowIfNull(shapes);
        ofNone = !_included.Exists(t => OfExchanges.Contains(t.Key));
        return [.. shapes.Select(shape => Takes(OfExchanges, key => key == "class" ? shape.Class : shape.Hex))];
    }

    private static string AddressOf(IPEndPoint client) => (client.Address.IsIPv4MappedToIPv6 ? client.Address.MapToIPv4() : client.Address).ToString();

    private bool Takes(string[] keys, Func<string, string> value) =>
        !_excluded.Exists(t => keys.Contains(t.Key) && t.Value.IsMatch(value(t.Key)))
        && Array.TrueForAll(keys, key => !_included.Exists(t => t.Key == key) || _included.Exists(t => t.Key == key && t.Value.IsMatch(value(key))));

    private static (string Key, Regex Value) Term(string text, string option)
    {
        var parts = text.Split('=', 2);
        if (parts.Length != 2 || !(OfSessions.Contains(parts[0]) || OfExchanges.Contains(parts[0])) || parts[1].Length == 0)
        {
            throw new CommandException($"{option} {text}: expected one of {Keys} with a value, like user=app or client=10.0.0.*");
        }

        var pattern = Regex.Escape(parts[1]).Replace(@"\*", ".*", StringComparison.Ordinal);
        return (parts[0], new Regex($"^{pattern}$", parts[0] == "shape" ? RegexOptions.CultureInvariant | RegexOptions.IgnoreCase : RegexOptions.CultureInvariant));
    }
}

using System.Collections.Frozen;

namespace Replay.Client.PostgreSql;

/// <summary>
/// Captured type OIDs to the target's: OIDs of user-defined types change through dump and restore. Types are matched by schema and name, both
/// sides' <c>pg_type</c> in hand. Built-in types (below <see cref="FirstUserOid"/>) are the same everywhere.
/// </summary>
public sealed class OidMap
{
    /// <summary>The first OID that a user's object can have.</summary>
    public const uint FirstUserOid = 16384;

    private readonly FrozenDictionary<uint, uint> _oids;

    /// <summary>A map of what differs.</summary>
    public OidMap(IEnumerable<KeyValuePair<uint, uint>> differing)
    {
        _oids = differing.Where(p => p.Key != p.Value).ToFrozenDictionary();
    }

    /// <summary>The map that changes nothing.</summary>
    public static OidMap None { get; } = new([]);

    /// <summary>Whether nothing has to be changed.</summary>
    public bool IsEmpty => _oids.Count == 0;

    /// <summary>
    /// The map between two <c>pg_type</c>s, each OID to <c>schema.name</c>. What the target lacks is left as it was; the server will say so.
    /// </summary>
    public static OidMap Between(IReadOnlyDictionary<uint, string> captured, IReadOnlyDictionary<uint, string> target)
    {
        var byName = new Dictionary<string, uint>(StringComparer.Ordinal);
        foreach (var (oid, name) in target)
        {
            byName[name] = oid;
        }

        var differing = new List<KeyValuePair<uint, uint>>();
        foreach (var (oid, name) in captured)
        {
            if (oid >= FirstUserOid && byName.TryGetValue(name, out var now) && now != oid)
            {
                differing.Add(new(oid, now));
            }
        }

        return new OidMap(differing);
    }

    /// <summary>The target's OID for <paramref name="captured"/>.</summary>
    public uint Map(uint captured) => captured >= FirstUserOid && _oids.TryGetValue(captured, out var now) ? now : captured;
}

using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Replay.Workload;

namespace Replay.Protocol.PostgreSql;

/// <summary>
/// The prepared statements of one session by name, the oldest forgotten when there are too many, and the pool of statement objects. A statement is
/// known from the moment its Parse is sent; a Parse that then fails is undone.
/// </summary>
internal sealed class StatementRegistry(int maxStatements)
{
    // As many as a client's statements in flight at once, mostly one.
    private const int MaxPooled = 32;

    private const int FoundPlaces = 16;

    private readonly Dictionary<byte[], PostgresStatement> _named = new(ByteKeyComparer.Instance);
    private readonly Queue<(byte[] Name, long Age)> _ages = new();
    private readonly Stack<PostgresStatement> _pool = new();
    private PostgresStatement? _unnamed;
    private long _age;

    // Those found last, by the end of their names: finding them here costs a fraction of a hash. A place is emptied when a name of that place changes hands.
    private readonly PostgresStatement?[] _found = new PostgresStatement?[FoundPlaces];

    /// <summary>Named statements known.</summary>
    public int Count => _named.Count;

    public PostgresStatement? Find(ReadOnlySpan<byte> name)
    {
        if (name.IsEmpty)
        {
            return _unnamed;
        }

        ref var found = ref _found[Place(name)];
        if (found is not null && name.SequenceEqual(found.Name))
        {
            return found;
        }

        return Lookup().TryGetValue(name, out var statement) ? found = statement : null;
    }

    /// <summary>A new statement under <paramref name="name"/>, with a reference for the caller; the one before under that name, with its reference, goes to <paramref name="replaced"/>.</summary>
    public PostgresStatement Add(ReadOnlySpan<byte> name, ReadOnlySpan<byte> text, ReadOnlySpan<byte> bigEndianTypes, out PostgresStatement? replaced)
    {
        replaced = Take(name);
        if (!_pool.TryPop(out var statement))
        {
            statement = new PostgresStatement();
        }

        statement.Prepare(text, bigEndianTypes);
        statement.Name = name.IsEmpty ? null : replaced?.Name ?? name.ToArray();
        statement.References = 1;
        Put(statement);
        return statement;
    }

    /// <summary>Removes a name; its statement, with the reference that the registry had, or null.</summary>
    public PostgresStatement? Take(ReadOnlySpan<byte> name)
    {
        PostgresStatement? statement;
        if (name.IsEmpty)
        {
            statement = _unnamed;
            _unnamed = null;
        }
        else
        {
            _found[Place(name)] = null;
            Lookup().Remove(name, out _, out statement);
        }

        return statement;
    }

    /// <summary>Undoes an <see cref="Add"/> or <see cref="Take"/>: <paramref name="added"/> is forgotten if it is still current, <paramref name="before"/> is back.</summary>
    public void Undo(PostgresStatement? added, PostgresStatement? before)
    {
        if (added is not null && Find(added.Name) == added)
        {
            Release(Take(added.Name));
        }

        if (before is null)
        {
            return;
        }

        if (Find(before.Name) is null)
        {
            Put(before);
        }

        Release(before);
    }

    public void AddReference(PostgresStatement? statement)
    {
        if (statement is not null)
        {
            statement.References++;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Release(PostgresStatement? statement)
    {
        if (statement is not null && --statement.References == 0)
        {
            Recycle(statement);
        }
    }

    private void Recycle(PostgresStatement statement)
    {
        if (_pool.Count < MaxPooled)
        {
            _pool.Push(statement);
        }
    }

    private void Put(PostgresStatement statement)
    {
        statement.References++;
        if (statement.Name is null)
        {
            _unnamed = statement;
            return;
        }

        _found[Place(statement.Name)] = null;
        _named[statement.Name] = statement;
        statement.Age = ++_age;
        _ages.Enqueue((statement.Name, _age));
        while (_named.Count > maxStatements)
        {
            ForgetOldest();
        }

        if (_ages.Count > 2 * maxStatements)
        {
            DropStaleAges();
        }
    }

    private void ForgetOldest()
    {
        // A name that was closed or made anew since has another age, or none.
        var entry = _ages.Dequeue();
        if (IsCurrent(entry))
        {
            _found[Place(entry.Name)] = null;
            _named.Remove(entry.Name, out var oldest);
            Release(oldest);
        }
    }

    private void DropStaleAges()
    {
        for (var i = _ages.Count; i > 0; i--)
        {
            var entry = _ages.Dequeue();
            if (IsCurrent(entry))
            {
                _ages.Enqueue(entry);
            }
        }
    }

    private bool IsCurrent((byte[] Name, long Age) entry) => _named.TryGetValue(entry.Name, out var statement) && statement.Age == entry.Age;

    // Clients number their statements: names differ at the end.
    private static int Place(ReadOnlySpan<byte> name) => (name[^1] + name.Length) % FoundPlaces;

    private Dictionary<byte[], PostgresStatement>.AlternateLookup<ReadOnlySpan<byte>> Lookup() => _named.GetAlternateLookup<ReadOnlySpan<byte>>();
}

/// <summary>Compares names as bytes, without making arrays of spans.</summary>
internal sealed class ByteKeyComparer : IEqualityComparer<byte[]>, IAlternateEqualityComparer<ReadOnlySpan<byte>, byte[]>
{
    public static ByteKeyComparer Instance { get; } = new();

    public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

    public bool Equals(ReadOnlySpan<byte> alternate, byte[] other) => alternate.SequenceEqual(other);

    public int GetHashCode([DisallowNull] byte[] obj) => GetHashCode(obj.AsSpan());

    public int GetHashCode(ReadOnlySpan<byte> alternate) => (int)XxHash3.Hash64(alternate);

    public byte[] Create(ReadOnlySpan<byte> alternate) => alternate.ToArray();
}

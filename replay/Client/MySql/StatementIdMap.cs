using System.Diagnostics.CodeAnalysis;

namespace Replay.Client.MySql;

/// <summary>The captured session's statement numbers and this session's statements.</summary>
internal sealed class StatementIdMap
{
    /// <summary>A number that no server gives: what names a statement that is not there gets the answer that says so.</summary>
    public const uint Nobody = 0x7FFF_FFFE;

    /// <summary>MariaDB: the statement prepared last.</summary>
    public const uint Last = uint.MaxValue;

    private readonly Dictionary<uint, TargetStatement> _byCaptured = [];

    /// <summary>The statement prepared last; null if there is none.</summary>
    public TargetStatement? LastPrepared { get; private set; }

    /// <summary>A prepare is sent: until it is answered the captured number stands for nothing, and not for what an earlier prepare gave it to.</summary>
    public void Preparing(uint captured) => _byCaptured.Remove(captured);

    /// <summary>Notes that <paramref name="captured"/> is <paramref name="prepared"/> here.</summary>
    public void Add(uint captured, TargetStatement prepared)
    {
        _byCaptured[captured] = prepared;
        LastPrepared = prepared;
    }

    /// <summary>The prepare failed here.</summary>
    public void PrepareFailed() => LastPrepared = null;

    /// <summary>This session's statement; false if it was not prepared in it.</summary>
    public bool TryFind(uint captured, [NotNullWhen(true)] out TargetStatement? statement) => _byCaptured.TryGetValue(captured, out statement);

    /// <summary>The statement was closed.</summary>
    public void Remove(uint captured) => _byCaptured.Remove(captured);

    /// <summary>All were closed by the server, and the types that it was told are forgotten with them.</summary>
    public void Clear()
    {
        _byCaptured.Clear();
        LastPrepared = null;
    }
}

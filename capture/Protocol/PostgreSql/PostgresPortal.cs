using Replay.Protocol.Buffers;
using Replay.Protocol.PostgreSql.Messages;

namespace Replay.Protocol.PostgreSql;

/// <summary>A portal: a statement bound to values. Execute names it, and what is wanted of the statement is found through it.</summary>
internal sealed class PostgresPortal
{
    private readonly ByteStore _resultFormats = new();

    /// <summary>The statement; null if it was prepared before the capture began.</summary>
    public PostgresStatement? Statement { get; private set; }

    public FormatCodes ResultFormats => new(_resultFormats.Written);

    public void Bind(PostgresStatement? statement, FormatCodes resultFormats, StatementRegistry registry)
    {
        registry.AddReference(statement);
        registry.Release(Statement);
        Statement = statement;
        _resultFormats.Reset(int.MaxValue);
        _resultFormats.Append(resultFormats.Bytes);
    }

    public void Close(StatementRegistry registry)
    {
        registry.Release(Statement);
        Statement = null;
        _resultFormats.Clear();
    }
}

using Replay.Sql;
using Replay.Workload;

namespace Replay.Agent.Recording;

/// <summary>Gives each text the number of its shape in the workload: by the exact text if it came before, else by reading it.</summary>
internal sealed class ShapeNumbers(WorkloadWriter writer)
{
    private readonly ShapeCache _cache = new();
    private readonly ShapeReader _postgres = new(SqlDialect.PostgreSql);
    private readonly ShapeReader _mySql = new(SqlDialect.MySql);

    /// <summary>The number; -1 if there is no text or the table is full.</summary>
    public int Of(Engine engine, ReadOnlySpan<byte> text, LexerOptions options)
    {
        if (text.IsEmpty)
        {
            return -1;
        }

        var dialect = engine == Engine.MySql ? SqlDialect.MySql : SqlDialect.PostgreSql;
        var key = ShapeCache.Key(text, dialect, options);
        if (_cache.TryGet(key, out var number))
        {
            return number;
        }

        var shape = (dialect == SqlDialect.MySql ? _mySql : _postgres).Read(text, options);
        number = writer.AddShape(engine, shape.Fingerprint.High, shape.Fingerprint.Low, shape.Text, shape.Class.Name());
        if (number >= 0)
        {
            _cache.Add(key, number);
        }

        return number;
    }
}

using Replay.Sql;
using Replay.Workload;

namespace Replay.Agent.Recording;

/// <summary>Gives each text the number of its shape in the workload: by its template if one like it came before, else by reading it.</summary>
internal sealed class ShapeNumbers(WorkloadWriter writer)
{
    private readonly ShapeCache _cache = new();
    private readonly Dialect _postgres = new(SqlDialect.PostgreSql);
    private readonly Dialect _mySql = new(SqlDialect.MySql);

    /// <summary>The number; -1 if there is no text or the table is full.</summary>
    /// <param name="engine">Whose dialect it is in.</param>
    /// <param name="text">The statement.</param>
    /// <param name="options">What the session has set.</param>
    /// <param name="isPrepared">Whether the text was sent earlier, and so comes again unchanged.</param>
    public int Of(Engine engine, ReadOnlySpan<byte> text, LexerOptions options, bool isPrepared)
    {
        if (text.IsEmpty)
        {
            return -1;
        }

        var dialect = engine == Engine.MySql ? _mySql : _postgres;
        if (!isPrepared)
        {
            return Read(engine, dialect, text, options);
        }

        var known = dialect.Prepared.Find(text, options);
        if (known >= 0)
        {
            return known;
        }

        var read = Read(engine, dialect, text, options);
        dialect.Prepared.Note(text, options, read);
        return read;
    }

    private int Read(Engine engine, Dialect dialect, ReadOnlySpan<byte> text, LexerOptions options)
    {
        var isTemplate = dialect.Templates.TryMake(text, options, out var template);
        var key = ShapeCache.Key(isTemplate ? template : text, dialect.Name, options, isTemplate);
        if (_cache.TryGet(key, out var number))
        {
            return number;
        }

        var shape = dialect.Reader.Read(text, options);
        number = writer.AddShape(engine, shape.Fingerprint.High, shape.Fingerprint.Low, shape.Text, shape.Class.Name());
        if (number >= 0)
        {
            _cache.Add(key, number);
        }

        return number;
    }

    private sealed class Dialect(SqlDialect name)
    {
        public SqlDialect Name { get; } = name;

        public ShapeReader Reader { get; } = new(name);

        public TextTemplate Templates { get; } = new(name);

        public TextMemo Prepared { get; } = new();
    }
}

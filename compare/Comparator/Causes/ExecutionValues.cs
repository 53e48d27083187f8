using System.Text;
using Replay.Sql;
using Replay.Workload;

namespace Replay.Comparator;

/// <summary>
/// Reads from a captured text its parameters, which are its literals in their order, and what its comments say. What was bound to a prepared statement is not in the text (<see cref="BoundParameters"/>).
/// </summary>
internal sealed class ExecutionValues
{
    // What a table of values keeps of one, at UTF-8's longest: a literal may have megabytes.
    private const int MostBytes = 4 * ValueTable.MostCharacters;

    private readonly ShapeReader _postgres = new(SqlDialect.PostgreSql);
    private readonly ShapeReader _mysql = new(SqlDialect.MySql);
    private readonly AccessReader _postgresAccess = new(SqlDialect.PostgreSql);
    private readonly AccessReader _mysqlAccess = new(SqlDialect.MySql);

    /// <summary>The first parameters, as they stand in the text; of long ones the beginning.</summary>
    public static IReadOnlyList<string> Parameters(Engine engine, ReadOnlySpan<byte> text)
    {
        Span<TextSpan> spans = stackalloc TextSpan[ExecutionSample.MostParameters];
        var found = LiteralReader.Read(text, Dialect(engine), LexerOptions.None, spans);
        var values = new string[found];
        for (var i = 0; i < found; i++)
        {
            values[i] = Encoding.UTF8.GetString(text.Slice(spans[i].Start, Math.Min(spans[i].Length, MostBytes)));
        }

        return values;
    }

    /// <summary>Notes the pairs of sqlcommenter comments.</summary>
    public void NoteTags(Engine engine, ReadOnlySpan<byte> text, ExecutionSample sample, List<int> values)
    {
        // Most texts have no comment, and need not be read.
        if (text.IndexOf("/*"u8) < 0 && text.IndexOf("--"u8) < 0)
        {
            return;
        }

        foreach (var comment in (engine == Engine.MySql ? _mysql : _postgres).Read(text).Comments)
        {
            foreach (var tag in new CommentTags(text.Slice(comment.Start, comment.Length)))
            {
                sample.Note(values, CauseDimension.Tag, $"tag {Decoded(tag.Key)}", Decoded(tag.Value));
            }
        }
    }

    /// <summary>What the parameters of a text are compared with or put into: names of columns by the parameter's number from 0, as far as that is plain.</summary>
    public Dictionary<int, string> Columns(Engine engine, ReadOnlySpan<byte> text, bool isPrepared)
    {
        // Literals beside placeholders are the same in all executions, and are counted by themselves.
        var isBound = isPrepared && text.Contains(engine == Engine.MySql ? (byte)'?' : (byte)'$');
        var names = new Dictionary<int, string>();
        foreach (var table in (engine == Engine.MySql ? _mysqlAccess : _postgresAccess).Read(text).Statements.SelectMany(statement => statement.Tables))
        {
            foreach (var column in table.Where.Concat(table.Set ?? []))
            {
                foreach (var value in column.Values.Where(value => isBound ? value.Kind == SqlValueKind.Parameter : value.Kind is SqlValueKind.Literal or SqlValueKind.NegativeLiteral))
                {
                    names.TryAdd(value.Index, column.Column);
                }
            }
        }

        return names;
    }

    private static SqlDialect Dialect(Engine engine) => engine == Engine.MySql ? SqlDialect.MySql : SqlDialect.PostgreSql;

    // sqlcommenter encodes as URLs do.
    private static string Decoded(ReadOnlySpan<byte> text) => Uri.UnescapeDataString(Encoding.UTF8.GetString(text));
}

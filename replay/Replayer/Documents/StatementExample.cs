using Replay.Protocol;
using Replay.Workload;

namespace Replay.Replayer;

/// <summary>A captured statement with its parameters, to be explained.</summary>
/// <param name="Shape">Its shape's number.</param>
/// <param name="Position">The exchange.</param>
/// <param name="Database">The session's database.</param>
/// <param name="Sql">The text.</param>
/// <param name="Parameters">The parameters as text, NULL as null; empty if it has none.</param>
/// <param name="User">The session's user; null if not known.</param>
public sealed record StatementExample(int Shape, long Position, string Database, string Sql, IReadOnlyList<string?> Parameters, string? User)
{
    /// <summary>The example that an exchange is; null if its statement cannot be explained.</summary>
    public static StatementExample? From(long position, in Exchange exchange, Shape shape, string database, string? user)
    {
        if (!IsExplainable(in exchange, shape))
        {
            return null;
        }

        return new StatementExample(shape.Number, position, database, WireText.Of(exchange.Text), PreparedParameters.Of(shape.Engine, exchange) ?? [], user);
    }

    /// <summary>Whether a shape is a list of statements: EXPLAIN before it explains the first, and the others would be executed.</summary>
    public static bool IsList(Shape shape) => shape.Text.Contains(';', StringComparison.Ordinal);

    /// <summary>Whether there is a statement to explain.</summary>
    public static bool IsExplainable(in Exchange exchange, Shape shape) =>
        shape.Class is "read" or "write" && exchange.Command is Command.Query or Command.Execute or Command.MySqlQuery or Command.MySqlStatementExecute && !exchange.Text.IsEmpty;
}

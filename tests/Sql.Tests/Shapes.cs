using System.Text;

namespace Replay.Sql.Tests;

/// <summary>Short ways to say what a text's shape is.</summary>
internal static class Shapes
{
    public static (string Text, string Hex, StatementClass Class, StatementFlags Flags, int Statements) Postgres(string sql, LexerOptions options = LexerOptions.None) =>
        Read(sql, SqlDialect.PostgreSql, options);

    public static (string Text, string Hex, StatementClass Class, StatementFlags Flags, int Statements) MySql(string sql, LexerOptions options = LexerOptions.None) =>
        Read(sql, SqlDialect.MySql, options);

    public static (string Text, string Hex, StatementClass Class, StatementFlags Flags, int Statements) Read(string sql, SqlDialect dialect, LexerOptions options = LexerOptions.None)
    {
        var shape = new ShapeReader(dialect).Read(Encoding.UTF8.GetBytes(sql), options);
        return (Encoding.UTF8.GetString(shape.Text), shape.Fingerprint.ToString(), shape.Class, shape.Flags, shape.Statements);
    }
}

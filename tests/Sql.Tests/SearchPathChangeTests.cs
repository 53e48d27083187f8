using System.Text;

namespace Replay.Sql.Tests;

public class SearchPathChangeTests
{
    [Theory]
    [InlineData("SET search_path TO t1, \"T 2\", '$user'", "Path \"t1\", \"T 2\", \"$user\"")]
    [InlineData("set session SEARCH_PATH = Public", "Path \"public\"")]
    [InlineData("SET search_path = ''", "Path \"\"")]
    [InlineData("SET LOCAL search_path TO t1", "Path \"t1\" local")]
    [InlineData("SET SCHEMA 'it''s'", "Path \"it's\"")]
    [InlineData("SET search_path TO DEFAULT", "Path -")]
    [InlineData("RESET search_path", "Path -")]
    [InlineData("RESET ALL", "Path -")]
    [InlineData("DISCARD ALL", "Everything -")]
    [InlineData("DISCARD TEMP", "None -")]
    [InlineData("SET ROLE app", "User app")]
    [InlineData("SET LOCAL ROLE 'app'", "User app local")]
    [InlineData("SET ROLE NONE", "User -")]
    [InlineData("SET SESSION AUTHORIZATION app", "User app")]
    [InlineData("RESET SESSION AUTHORIZATION", "User -")]
    [InlineData("SET statement_timeout = 0", "None -")]
    [InlineData("SELECT set_config('search_path', 't1, t2', false)", "Path t1, t2")]
    [InlineData("SELECT pg_catalog.set_config('search_path', $1, true), set_config('role', $2, true)", "Path one local, User two local")]
    [InlineData("SELECT set_config('search_path', $3, false)", "Unknown -")]
    [InlineData("SELECT set_config($1, 'x', false)", "None -")]
    [InlineData("SELECT set_config('search_path', name, false) FROM tenants", "Unknown -")]
    [InlineData("SELECT set_config('app.tenant', '5', false) FROM tenants", "None -")]
    [InlineData("SET search_path = E't\\x31'", "Unknown -")]
    [InlineData("DO $$ BEGIN PERFORM set_config('search_path', 'x', false); END $$", "Unknown -")]
    [InlineData("ALTER ROLE app SET search_path = t1", "None -")]
    [InlineData("BEGIN; SET LOCAL search_path = t1; ; SELECT 1", "None -; Path \"t1\" local; None -")]
    public void WhatAStatementChanges(string sql, string expected)
    {
        string?[] parameters = ["one", "two"];
        var changes = SearchPathChange.Read(Encoding.UTF8.GetBytes(sql), n => parameters.ElementAtOrDefault(n));
        Assert.Equal(expected, string.Join("; ", changes.Select(s => string.Join(", ", s.Select(c => $"{c.Effect} {c.Value ?? "-"}{(c.IsLocal ? " local" : "")}")))));
        Assert.True(expected.StartsWith("None", StringComparison.Ordinal) || SearchPathChange.IsNamedIn(Encoding.UTF8.GetBytes(sql)));
    }
}

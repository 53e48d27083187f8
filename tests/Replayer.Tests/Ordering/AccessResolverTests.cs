using System.Text;
using Replay.Sql;
using Replay.Workload;

namespace Replay.Replayer.Tests.Ordering;

public class AccessResolverTests
{
    private const string Catalog =
        """
        {"dialect":"DIALECT","searchPath":["public"],"tables":[
          {"schema":"public","name":"customers","columns":[{"name":"id","type":"integer","isGenerated":true},{"name":"email","type":"foldedText"},{"name":"name","type":"other"}],"keys":[["id"],["email"]]},
          {"schema":"public","name":"orders","columns":[{"name":"id","type":"integer","isGenerated":true},{"name":"customer_id","type":"integer"},{"name":"note","type":"other"}],"keys":[["id"]],"indexes":["orders_pkey","by_note"],
           "foreignKeys":[{"columns":["customer_id"],"schema":"public","table":"customers","references":["id"],"action":"cascade"}]},
          {"schema":"public","name":"lines","columns":[{"name":"order_id","type":"integer"},{"name":"line","type":"integer"},{"name":"qty","type":"other"}],"keys":[["order_id","line"]],
           "foreignKeys":[{"columns":["order_id"],"schema":"public","table":"orders","references":["id"],"action":"restrict"}]},
          {"schema":"public","name":"docs","columns":[{"name":"id","type":"uuid","isGenerated":true},{"name":"body","type":"other"}],"keys":[["id"]]},
          {"schema":"public","name":"audited","columns":[{"name":"id","type":"integer"}],"keys":[["id"]],"triggers":[{"events":["update"],"touches":["public.log"]},{"events":["delete"]}]},
          {"schema":"public","name":"log","columns":[{"name":"t","type":"other"}],"keys":[]},
          {"schema":"public","name":"events","columns":[{"name":"id","type":"integer"},{"name":"day","type":"date"}],"keys":[["id","day"]]},
          {"schema":"public","name":"events_1","columns":[{"name":"id","type":"integer"},{"name":"day","type":"date"}],"partitionOf":"public.events"},
          {"schema":"public","name":"cities","columns":[{"name":"id","type":"integer"}],"keys":[["id"]]},
          {"schema":"public","name":"capitals","columns":[{"name":"id","type":"integer"}],"keys":[["id"]],"inherits":"public.cities"},
          {"schema":"public","name":"texts","columns":[{"name":"k","type":"text"}],"keys":[["k"]]}],
         "views":[{"schema":"public","name":"v","tables":["public.orders","public.lines"]},{"schema":"public","name":"v_customers","tables":["public.customers"]},
           {"schema":"public","name":"v_orders","tables":["public.orders"]},{"schema":"public","name":"v_audited","tables":["public.audited"]},
           {"schema":"public","name":"v_instead","tables":["public.texts"],"triggers":[{"events":["insert"],"touches":["public.log"]},{"events":["delete"]}]}],
         "functions":[{"name":"book","writes":true,"touches":["public.orders"]},{"name":"anything","writes":true},{"name":"pure","writes":false}]}
        """;

    private static readonly string[] Names = ["*", "snapshots", "unknown", "advisory", "customers", "orders", "lines", "docs", "audited", "log", "events", "cities", "texts", "new1", "new2"];

    [Theory]
    [InlineData("SELECT * FROM orders WHERE id = 1", "orders:Read")]
    [InlineData("SELECT * FROM orders WHERE id = 1 FOR UPDATE", "orders:KeyExclusive")]
    [InlineData("SELECT * FROM orders WHERE note = 'x' FOR UPDATE", "orders:Predicate")]
    [InlineData("SELECT * FROM orders WHERE id = 1 FOR SHARE", "orders:KeyShared")]
    [InlineData("UPDATE orders SET note = 'x' WHERE id = 1", "orders:KeyExclusive")]
    [InlineData("UPDATE orders SET note = 'x' WHERE id IN (1, 2)", "orders:KeyExclusive orders:KeyExclusive")]
    [InlineData("UPDATE orders SET note = 'x' WHERE note = 'y'", "orders:Predicate")]
    [InlineData("UPDATE orders SET customer_id = 7 WHERE id = 1", "orders:KeyExclusive customers:KeyShared")]
    [InlineData("UPDATE orders SET customer_id = NULL WHERE id = 1", "orders:KeyExclusive")]
    [InlineData("UPDATE lines SET qty = 1 WHERE line = 2 AND order_id = 3", "lines:KeyExclusive")]
    [InlineData("UPDATE lines SET qty = 1 WHERE order_id = 3", "lines:Predicate")]
    [InlineData("UPDATE customers SET email = 'A' WHERE id = 1", "customers:KeyExclusive customers:KeyExclusive customers:KeyInsert")]
    [InlineData("UPDATE customers SET name = 'A' WHERE email = 'x'", "customers:OtherKeyExclusive")]
    [InlineData("UPDATE customers SET name = 'A' WHERE email = 'x' AND id = 1", "customers:KeyExclusive")]
    [InlineData("SELECT * FROM customers WHERE email = 'x' FOR UPDATE", "customers:OtherKeyExclusive")]
    [InlineData("SELECT * FROM customers WHERE email = 'x' FOR SHARE", "customers:AllShared")]
    [InlineData("UPDATE customers SET name = 'A' WHERE email = '\u00c4'", "customers:Predicate")]
    [InlineData("DELETE FROM customers WHERE email = 'x'", "customers:OtherKeyExclusive orders:Barrier customers:KeyExclusive lines:DefinitionShared")]
    [InlineData("UPDATE customers SET id = 9 WHERE id = 1", "customers:KeyExclusive orders:Barrier customers:KeyExclusive customers:KeyInsert lines:DefinitionShared")]
    [InlineData("UPDATE customers SET email = lower(email) WHERE id = 1", "customers:KeyExclusive customers:Predicate customers:KeyExclusive")]
    [InlineData("DELETE FROM customers WHERE id = 1", "customers:KeyExclusive orders:Barrier customers:KeyExclusive lines:DefinitionShared")]
    [InlineData("DELETE FROM orders WHERE id = 1", "orders:KeyExclusive lines:DefinitionShared")]
    [InlineData("INSERT INTO orders (customer_id, note) VALUES (5, 'x')", "orders:Append customers:KeyShared")]
    [InlineData("INSERT INTO orders (note) VALUES ('x')", "orders:Append")]
    [InlineData("INSERT INTO orders VALUES (1, 5, 'x'), (2, 5, 'y')", "orders:KeyInsert orders:KeyInsert customers:KeyShared customers:KeyShared")]
    [InlineData("INSERT INTO orders (id, customer_id) VALUES (f(1), 5)", "orders:Barrier customers:KeyShared")]
    [InlineData("INSERT INTO orders (customer_id) SELECT id FROM customers", "orders:Append customers:AllShared customers:ReadForWrite")]
    [InlineData("INSERT INTO orders SELECT * FROM old", "orders:Barrier customers:AllShared new1:ReadForWrite")]
    [InlineData("INSERT INTO customers (email) VALUES ('A')", "customers:KeyShared customers:KeyInsert")]
    [InlineData("INSERT INTO customers (email) VALUES ('\u00c4')", "customers:KeyShared customers:Barrier")]
    [InlineData("INSERT INTO docs (id, body) VALUES (DEFAULT, 'x')", "docs:Append")]
    [InlineData("INSERT INTO log VALUES (1)", "log:Append")]
    [InlineData("INSERT INTO lines VALUES (1, 2, 3) ON CONFLICT (order_id, line) DO UPDATE SET qty = lines.qty + 1", "lines:KeyExclusive orders:KeyShared")]
    [InlineData("INSERT INTO customers (email) VALUES ('a') ON CONFLICT (email) DO UPDATE SET name = 'x'", "customers:Barrier")]
    [InlineData("UPDATE audited SET x = 1 WHERE id = 1", "audited:KeyExclusive log:Predicate")]
    [InlineData("DELETE FROM audited WHERE id = 1", "audited:KeyExclusive *:Barrier")]
    [InlineData("UPDATE events_1 SET x = 1 WHERE id = 1 AND day = '2026-01-02'", "events:KeyExclusive")]
    [InlineData("UPDATE events SET x = 1 WHERE id = 1 AND day = 'today'", "events:Predicate")]
    [InlineData("UPDATE cities SET x = 1 WHERE id = 1", "cities:Predicate")]
    [InlineData("SELECT * FROM v", "orders:Read lines:Read")]
    [InlineData("DELETE FROM v", "orders:Predicate lines:Predicate")]
    [InlineData("SELECT * FROM v FOR UPDATE", "orders:Predicate lines:Predicate")]
    [InlineData("DELETE FROM v_customers WHERE id = 1", "customers:Predicate customers:KeyExclusive orders:Barrier lines:DefinitionShared")]
    [InlineData("UPDATE v_customers SET name = 'x'", "customers:Predicate orders:Barrier lines:DefinitionShared")]
    [InlineData("INSERT INTO v_orders (customer_id) VALUES (1)", "orders:Barrier customers:AllShared")]
    [InlineData("UPDATE v_audited SET x = 1", "audited:Predicate log:Predicate")]
    [InlineData("DELETE FROM v_audited", "audited:Predicate *:Barrier")]
    [InlineData("INSERT INTO v_instead VALUES ('x')", "texts:Barrier log:Predicate")]
    [InlineData("DELETE FROM v_instead", "texts:Predicate *:Barrier")]
    [InlineData("MERGE INTO customers c USING docs d ON c.name = d.body WHEN MATCHED THEN DELETE", "customers:Predicate customers:Barrier docs:ReadForWrite orders:Barrier lines:DefinitionShared")]
    [InlineData("MERGE INTO audited a USING docs d ON a.id = d.n WHEN MATCHED THEN DELETE", "audited:Predicate audited:Barrier docs:ReadForWrite log:Predicate *:Barrier")]
    [InlineData("MERGE INTO v_audited a USING docs d ON a.id = d.n WHEN NOT MATCHED THEN INSERT VALUES (1)", "audited:Predicate audited:Barrier docs:ReadForWrite log:Predicate *:Barrier")]
    [InlineData("INSERT INTO audited VALUES (1) ON CONFLICT (id) DO UPDATE SET x = 1", "audited:KeyExclusive log:Predicate")]
    [InlineData("SELECT book(1)", "orders:Predicate")]
    [InlineData("SELECT anything(1)", "*:Barrier")]
    [InlineData("SELECT pure(1), now()", "")]
    [InlineData("SELECT pg_advisory_lock(1)", "advisory:KeyExclusive")]
    [InlineData("TRUNCATE orders", "orders:Definition")]
    [InlineData("LOCK TABLE orders", "orders:Definition")]
    [InlineData("CREATE INDEX ON orders (note)", "*:Barrier orders:Definition")]
    [InlineData("CREATE INDEX CONCURRENTLY i ON orders (note)", "*:Barrier")]
    [InlineData("DROP INDEX by_note", "*:Barrier orders:Definition")]
    [InlineData("DROP INDEX public.by_note, other", "*:Barrier orders:Definition")]
    [InlineData("DROP INDEX CONCURRENTLY by_note", "*:Barrier")]
    [InlineData("DROP INDEX other", "*:Barrier")]
    [InlineData("ALTER TABLE orders ADD x int", "*:Barrier orders:Definition")]
    [InlineData("TRUNCATE orders CASCADE", "*:Barrier")]
    [InlineData("CREATE TABLE x (a int)", "*:Barrier new1:Definition")]
    [InlineData("CALL p()", "*:Barrier")]
    [InlineData("FROBNICATE", "*:Barrier")]
    [InlineData("UPDATE unheard SET a = 1 WHERE id = 1", "new1:Predicate")]
    [InlineData("BEGIN", "")]
    public void PostgresStatements(string sql, string expected) => Assert.Equal(Sorted(expected.Split(' ')), Describe(Resolve(new AccessResolver(Load("postgreSql")), SqlDialect.PostgreSql, sql)));

    [Theory]
    [InlineData("INSERT INTO orders (customer_id) SELECT id FROM docs WHERE id = 1", "orders:Append customers:AllShared docs:AllShared")]
    [InlineData("REPLACE INTO texts VALUES ('a')", "texts:KeyExclusive")]
    [InlineData("REPLACE INTO customers (id) VALUES (1)", "customers:Barrier orders:Barrier lines:DefinitionShared")]
    [InlineData("REPLACE INTO v_customers (id) VALUES (1)", "customers:Barrier orders:Barrier lines:DefinitionShared")]
    [InlineData("REPLACE INTO audited VALUES (1)", "audited:KeyExclusive *:Barrier")]
    [InlineData("INSERT INTO audited VALUES (1) ON DUPLICATE KEY UPDATE x = 1", "audited:KeyExclusive log:Predicate")]
    [InlineData("DELETE FROM v_customers", "customers:Predicate customers:KeyExclusive orders:Barrier lines:DefinitionShared")]
    [InlineData("UPDATE customers SET name = 'A' WHERE id = 1", "customers:KeyExclusive orders:DefinitionShared lines:DefinitionShared")]
    [InlineData("UPDATE lines SET qty = 1 WHERE line = 2 AND order_id = 3", "lines:KeyExclusive orders:DefinitionShared")]
    [InlineData("INSERT INTO orders (customer_id) VALUES (NULL)", "orders:Append customers:DefinitionShared")]
    [InlineData("INSERT INTO texts VALUES ('a') ON DUPLICATE KEY UPDATE x = x + 1", "texts:KeyExclusive")]
    [InlineData("UPDATE texts SET x = 1 WHERE k = 5", "texts:Predicate")]
    [InlineData("UPDATE ORDERS SET note = 1 WHERE ID = 5", "new1:Predicate")]
    public void MySqlStatements(string sql, string expected) => Assert.Equal(Sorted(expected.Split(' ')), Describe(Resolve(new AccessResolver(Load("mySql")), SqlDialect.MySql, sql)));

    [Theory]
    [InlineData("UPDATE orders SET note = 'x' WHERE id = 5", "UPDATE orders SET note = 'y' WHERE '5' = orders.id AND note = 'z'", true)]
    [InlineData("UPDATE orders SET note = 'x' WHERE id = 5", "SELECT 1 FROM orders o WHERE o.id = 005 FOR UPDATE", true)]
    [InlineData("UPDATE orders SET note = 'x' WHERE id = 5", "INSERT INTO orders (id) VALUES (5)", true)]
    [InlineData("UPDATE orders SET note = 'x' WHERE id = 5", "INSERT INTO lines VALUES (5, 1, 1)", true)]
    [InlineData("UPDATE orders SET note = 'x' WHERE id = 5", "UPDATE orders SET note = 'x' WHERE id = -5", false)]
    [InlineData("UPDATE orders SET note = 'x' WHERE id = 5", "UPDATE customers SET name = 'x' WHERE id = 5", false)]
    [InlineData("DELETE FROM docs WHERE id = 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'", "DELETE FROM docs WHERE id = '{A0EEBC999C0B4EF8BB6D6BB9BD380A11}'", true)]
    [InlineData("INSERT INTO customers (email) VALUES ('a@x')", "INSERT INTO customers (email) VALUES ('A@X ')", true)]
    [InlineData("DELETE FROM lines WHERE order_id = 1 AND line = 2", "DELETE FROM lines WHERE line = 1 AND order_id = 2", false)]
    public void KeysMeetWhereTheirValuesDo(string one, string other, bool meet)
    {
        var resolver = new AccessResolver(Load("postgreSql"));
        var first = Keys(Resolve(resolver, SqlDialect.PostgreSql, one));
        Assert.Equal(meet, first.Intersect(Keys(Resolve(resolver, SqlDialect.PostgreSql, other))).Any());

        static IEnumerable<(int, ulong)> Keys(OrderUnit unit) => unit.Accesses.Where(a => a.Key != 0 && a.Kind != OrderAccessKind.KeyShared || a.Table == OrderTables.First + 2).Select(a => (a.Table, a.Key)).ToList();
    }

    [Theory]
    [InlineData("UPDATE orders SET note = 'x' WHERE customer_id = 1", "set note, by customer_id")]
    [InlineData("UPDATE orders o SET note = 'x', customer_id = NULL WHERE o.customer_id > 1 OR (NOTE LIKE 'a%' AND \"id\" IS NOT NULL)", "set customer_id note, by id customer_id note")]
    [InlineData("UPDATE orders SET note = 'x'", "set note, by nothing")]
    [InlineData("DELETE FROM orders WHERE customer_id = 1", "set rows that go, by customer_id")]
    [InlineData("SELECT * FROM orders WHERE customer_id = 1 FOR UPDATE", "set nothing, by customer_id")]
    [InlineData("SELECT * FROM orders WHERE customer_id = 1 ORDER BY note LIMIT 1 FOR UPDATE", "set nothing, by anything")]
    [InlineData("UPDATE orders SET note = 'x' WHERE customer_id IN (SELECT id FROM customers)", "set note, by anything")]
    [InlineData("UPDATE orders SET note = 'x' FROM lines WHERE customer_id = 1", "set note, by anything")]
    [InlineData("UPDATE orders SET note = 'x' WHERE f(customer_id)", "set note, by anything")]
    [InlineData("UPDATE orders SET note = 'x' WHERE CURRENT OF c", "set note, by anything")]
    [InlineData("UPDATE orders SET note = 'x' WHERE orders IS NULL", "set note, by anything")]
    [InlineData("UPDATE orders SET (note, id) = (1, 2) WHERE customer_id = 1", "set anything, by customer_id")]
    [InlineData("UPDATE audited SET id = 1 WHERE id > 1", "set anything, by id")] // a trigger may set more
    public void WhatDecidesWhichRowsAreTaken(string sql, string expected)
    {
        var catalog = Load("postgreSql");
        var access = Resolve(new AccessResolver(catalog), SqlDialect.PostgreSql, sql).Accesses.First(a => a.Kind == OrderAccessKind.Predicate);
        var columns = catalog.Tables.First(t => t.Name == (access.Table == OrderTables.First + 2 ? "orders" : "audited")).Columns;
        var set = access.Sets == ColumnMask.Anything ? "anything" : access.Sets == ColumnMask.Going ? "rows that go" : Named(access.Sets);
        Assert.Equal(expected, $"set {set}, by {(access.Looks == ColumnMask.Anything ? "anything" : Named(access.Looks & ~ColumnMask.Coming))}");
        Assert.NotEqual(0u, access.Looks & ColumnMask.Coming);

        string Named(uint mask) => mask == 0 ? "nothing" : string.Join(' ', columns.Where((_, i) => (mask & ColumnMask.Column(i)) != 0).Select(c => c.Name));
    }

    [Theory]
    [InlineData("orders:KeyExclusive", "texts:KeyExclusive", "CREATE INDEX mine ON orders (note)", "DROP INDEX mine")]
    [InlineData("orders:Predicate", "texts:KeyExclusive", "DROP INDEX by_note")] // it may have been a unique one
    [InlineData("orders:Predicate", "texts:KeyExclusive", "CREATE UNIQUE INDEX mine ON orders (note)", "DROP INDEX mine")]
    [InlineData("orders:Predicate", "texts:Predicate", "DROP INDEX nobody_knows")]
    public void KeysOfATableWhoseIndexGoesAreNotTrusted(string orders, string texts, params string[] statements)
    {
        var resolver = new AccessResolver(Load("postgreSql"));
        foreach (var statement in statements)
        {
            Resolve(resolver, SqlDialect.PostgreSql, statement);
        }

        Assert.Equal(orders, Describe(Resolve(resolver, SqlDialect.PostgreSql, "UPDATE orders SET note = 'x' WHERE id = 1")));
        Assert.Equal(texts, Describe(Resolve(resolver, SqlDialect.PostgreSql, "UPDATE texts SET x = 1 WHERE k = 'a'")));
    }

    [Fact]
    public void ParametersAndLiteralsMeet()
    {
        var resolver = new AccessResolver(Load("postgreSql"));
        var literal = Resolve(resolver, SqlDialect.PostgreSql, "UPDATE orders SET note = 'x' WHERE id = 5").Accesses.Single();
        const string Sql = "UPDATE orders SET note = 'x' WHERE id = $1";
        var request = "..5.."u8.ToArray();
        Assert.Equal(literal, Resolve(resolver, SqlDialect.PostgreSql, Sql, request, new ParameterValue(ParameterForm.Text, 0, new TextSpan(2, 1))).Accesses.Single());
        Assert.Equal(literal, Resolve(resolver, SqlDialect.PostgreSql, Sql, request, new ParameterValue(ParameterForm.Integer, 5)).Accesses.Single());
        Assert.Empty(Resolve(resolver, SqlDialect.PostgreSql, Sql, request, new ParameterValue(ParameterForm.Null)).Accesses);
        Assert.Equal("orders:Predicate", Describe(Resolve(resolver, SqlDialect.PostgreSql, Sql, request, new ParameterValue(ParameterForm.Unknown))));
        Assert.Equal("orders:Predicate", Describe(Resolve(resolver, SqlDialect.PostgreSql, Sql)));
    }

    [Fact]
    public void KeysAreNotTrustedAfterTheyMayHaveChanged()
    {
        var resolver = new AccessResolver(Load("postgreSql"));
        var update = new AccessReader(SqlDialect.PostgreSql).Read("UPDATE orders SET note = 'x' WHERE id = 1"u8);
        Assert.Equal("orders:KeyExclusive", Again());
        Resolve(resolver, SqlDialect.PostgreSql, "CREATE INDEX i ON orders (note)");
        Assert.Equal("orders:KeyExclusive", Again());
        Resolve(resolver, SqlDialect.PostgreSql, "ALTER TABLE orders DROP CONSTRAINT orders_pkey");
        Assert.Equal("orders:Predicate", Again());

        string Again()
        {
            var unit = new OrderUnit();
            resolver.Resolve(update, "UPDATE orders SET note = 'x' WHERE id = 1"u8, LexerOptions.None, default, default, "public", unit);
            return Describe(unit);
        }
    }

    [Fact]
    public void TemporaryTablesAreNobodyElses()
    {
        var resolver = new AccessResolver(Load("postgreSql"));
        Assert.Equal("orders:ReadForWrite", Describe(Resolve(resolver, SqlDialect.PostgreSql, "CREATE TEMP TABLE mine AS SELECT * FROM orders")));
        Assert.Equal("", Describe(Resolve(resolver, SqlDialect.PostgreSql, "UPDATE mine SET a = 1")));
    }

    [Theory]
    [InlineData(SqlDialect.PostgreSql, "SELECT * FROM orders FOR UPDATE SKIP LOCKED", TransactionState.Open, UnreproducibleReason.SkipLocked)]
    [InlineData(SqlDialect.PostgreSql, "SELECT * FROM orders WHERE id = 1 FOR UPDATE NOWAIT", TransactionState.Open, UnreproducibleReason.NoWait)]
    [InlineData(SqlDialect.PostgreSql, "SELECT pg_try_advisory_lock(1)", TransactionState.Idle, UnreproducibleReason.TryLock)]
    [InlineData(SqlDialect.PostgreSql, "COMMIT PREPARED 'x'", TransactionState.Idle, UnreproducibleReason.TwoPhase)]
    [InlineData(SqlDialect.PostgreSql, "BEGIN; DELETE FROM orders; COMMIT; BEGIN; DELETE FROM lines; COMMIT", TransactionState.Idle, UnreproducibleReason.SeveralTransactions)]
    [InlineData(SqlDialect.PostgreSql, "DELETE FROM orders; DELETE FROM lines", TransactionState.Idle, UnreproducibleReason.None)]
    [InlineData(SqlDialect.MySql, "DELETE FROM orders; DELETE FROM lines", TransactionState.Idle, UnreproducibleReason.SeveralTransactions)]
    [InlineData(SqlDialect.MySql, "DELETE FROM orders; DELETE FROM lines", TransactionState.Open, UnreproducibleReason.None)]
    public void WhatCannotBeReproducedIsNamed(SqlDialect dialect, string sql, TransactionState state, UnreproducibleReason expected)
    {
        var resolver = new AccessResolver(Load(dialect == SqlDialect.MySql ? "mySql" : "postgreSql"));
        Assert.Equal(expected, Resolve(resolver, dialect, sql, state: state).Unreproducible);
    }

    [Fact]
    public void ACatalogueComesBackAsItWasWritten()
    {
        var catalog = Load("mySql");
        Assert.Equal(catalog.ToJson(), OrderCatalog.Parse(catalog.ToJson()).ToJson());
        Assert.Equal(ReferenceAction.Cascade, OrderCatalog.Parse(catalog.ToJson()).Tables[1].ForeignKeys[0].Action);
    }

    private static OrderCatalog Load(string dialect) => OrderCatalog.Parse(Catalog.Replace("DIALECT", dialect, StringComparison.Ordinal));

    private static OrderUnit Resolve(
        AccessResolver resolver, SqlDialect dialect, string sql, byte[]? request = null, ParameterValue? parameter = null, TransactionState state = TransactionState.Open)
    {
        var bytes = Encoding.UTF8.GetBytes(sql);
        var unit = new OrderUnit { TransactionState = state };
        resolver.Resolve(new AccessReader(dialect).Read(bytes), bytes, LexerOptions.None, request, parameter is { } p ? [p] : [], "public", unit);
        return unit;
    }

    private static string Describe(OrderUnit unit) => Sorted(unit.Accesses.Select(a => $"{Names[a.Table]}:{a.Kind}"));

    private static string Sorted(IEnumerable<string> accesses) => string.Join(' ', accesses.Order(StringComparer.Ordinal));
}

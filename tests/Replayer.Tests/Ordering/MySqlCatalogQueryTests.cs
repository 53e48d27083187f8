using System.Text;
using Replay.Client;
using Replay.Sql;
using Replay.TestKit;

namespace Replay.Replayer.Tests.Ordering;

/// <summary>The catalogue of MySQL and MariaDB servers, and what statements touch by it.</summary>
[Collection(ServersCollection.Name)]
public sealed class MySqlCatalogQueryTests(ServersFixture servers)
{
    // {0}: a database of the test's own, {1}: another.
    private const string Schema =
        """
        CREATE TABLE {0}.customers (id INT UNSIGNED AUTO_INCREMENT PRIMARY KEY, email VARCHAR(50) UNIQUE, name VARCHAR(10) DEFAULT 'x', d DATE, code BINARY(4) NOT NULL, n DECIMAL(5,2) DEFAULT NULL);
        CREATE TABLE {0}.orders (id BIGINT AUTO_INCREMENT PRIMARY KEY, customer_id INT UNSIGNED, note VARCHAR(100) NOT NULL, UNIQUE (note(10)),
          FOREIGN KEY (customer_id) REFERENCES {0}.customers (id) ON DELETE CASCADE);
        CREATE TABLE {0}.lines_ (order_id BIGINT, line INT, qty INT, PRIMARY KEY (line, order_id), FOREIGN KEY (order_id) REFERENCES {0}.orders (id));
        CREATE TABLE {0}.slugs (title VARCHAR(40), slug VARCHAR(40) AS (LOWER(title)) STORED, other INT, UNIQUE (slug), UNIQUE (other));
        CREATE TABLE {0}.log (id INT AUTO_INCREMENT PRIMARY KEY, what VARCHAR(100));
        CREATE TABLE {1}.parts (id INT, day DATE, PRIMARY KEY (id, day)) PARTITION BY RANGE COLUMNS (day) (PARTITION p0 VALUES LESS THAN ('2026-01-01'), PARTITION p1 VALUES LESS THAN (MAXVALUE));
        CREATE VIEW {0}.v AS SELECT o.id FROM {0}.orders o JOIN {0}.lines_ l ON l.order_id = o.id;
        CREATE VIEW {1}.over_v AS SELECT v.id FROM {0}.v WHERE v.id > 5;
        CREATE TRIGGER {0}.t1 BEFORE UPDATE ON {0}.lines_ FOR EACH ROW SET NEW.qty = NEW.qty + 1;
        CREATE TRIGGER {0}.t2 AFTER INSERT ON {0}.lines_ FOR EACH ROW INSERT INTO log (what) VALUES ('line');
        CREATE TRIGGER {0}.t3 AFTER DELETE ON {0}.lines_ FOR EACH ROW CALL {0}.p();
        CREATE FUNCTION {0}.pure(a INT) RETURNS INT DETERMINISTIC CONTAINS SQL RETURN a + 1;
        CREATE FUNCTION {0}.notes(a INT) RETURNS INT MODIFIES SQL DATA DETERMINISTIC RETURN a + {0}.pure(1);
        """;

    private static readonly (string Sql, string Touches)[] Statements =
    [
        ("UPDATE customers SET name = 'y' WHERE id = 5", "customers:KeyExclusive lines_:DefinitionShared orders:DefinitionShared"),
        ("INSERT INTO customers (code) VALUES ('a')", "customers:Append customers:KeyShared"),
        ("INSERT INTO orders (customer_id, note) VALUES (5, 'x')", "customers:KeyShared orders:Barrier orders:KeyShared"),
        ("UPDATE orders SET note = 'y' WHERE id = 5", "customers:DefinitionShared lines_:DefinitionShared orders:KeyExclusive orders:KeyExclusive orders:Predicate"),
        ("DELETE FROM customers WHERE id = 5", "customers:KeyExclusive customers:KeyExclusive lines_:DefinitionShared orders:Barrier"),
        ("UPDATE lines_ SET qty = 2 WHERE line = 1 AND order_id = 2", "lines_:KeyExclusive orders:DefinitionShared"),
        ("INSERT INTO lines_ VALUES (1, 2, 3)", "lines_:KeyInsert log:Predicate orders:KeyShared"),
        ("DELETE FROM lines_ WHERE line = 1 AND order_id = 2", "*:Barrier lines_:KeyExclusive"),
        ("UPDATE slugs SET title = 'Y' WHERE other = 1", "slugs:KeyExclusive slugs:KeyExclusive slugs:Predicate"),
        ("INSERT INTO slugs (title) VALUES ('X')", "slugs:Barrier slugs:KeyShared"),
        ("SELECT * FROM v", "lines_:Read orders:Read"),
        ("SELECT pure(1), notes(2)", ""),
    ];

    [ServerTheory]
    [InlineData("mariadb 10.11")]
    [InlineData("mariadb 11.8")]
    [InlineData("mysql 9.7")]
    public async Task CatalogueIsReadAndUsed(string kind)
    {
        var server = await servers.GetAsync(ServerKind.Parse(kind));
        var (own, other) = (await servers.NewDatabaseAsync(server), await servers.NewDatabaseAsync(server));
        await server.SqlAsync(Schema.Replace("{0}", own, StringComparison.Ordinal).Replace("{1}", other, StringComparison.Ordinal));
        var read = Assert.Single(await CatalogReader.ReadAsync(TargetUrl.Parse($"{server.Url()}{(server.Kind.Engine == "mariadb" ? "?sslmode=disable" : "")}"), [own, other]));
        Assert.Equal(CatalogReader.Server, read.Key);
        var catalog = OrderCatalog.Parse(read.Value.ToJson());
        Assert.Equal(read.Value.ToJson(), catalog.ToJson());

        Assert.False(catalog.FoldsTableNames);
        Assert.Equal(IsolationLevel.RepeatableRead, catalog.DefaultIsolation);
        Assert.Equal(
            [new("id", KeyType.Integer, true, true), new("email", KeyType.FoldedText), new("name", KeyType.FoldedText, false, true), new("d", KeyType.Date), new("code", KeyType.Text, false, true), new("n", KeyType.Other)],
            Table("customers").Columns);
        Assert.Equal("id|email", Keys("customers"));
        Assert.Equal("id|(condition),note", Keys("orders"));
        Assert.Equal("line,order_id", Keys("lines_"));
        Assert.Equal("other|(condition),slug,title", Keys("slugs"));
        Assert.Equal("id,day", Keys("parts"));
        var reference = Assert.Single(Table("orders").ForeignKeys);
        Assert.Equal((own, "customers", ReferenceAction.Cascade, "id"), (reference.Schema, reference.Table, reference.Action, Assert.Single(reference.References)));
        Assert.Equal(ReferenceAction.Restrict, Assert.Single(Table("lines_").ForeignKeys).Action);
        Assert.Equal(["update:", $"insert:{own}.log", "delete:?"], Table("lines_").Triggers.Select(t => $"{Assert.Single(t.Events)}:{(t.Touches == null ? "?" : string.Join(' ', t.Touches))}"));
        Assert.Equal([$"{own}.lines_", $"{own}.orders"], catalog.Views.Single(v => v.Schema == other).Tables);
        Assert.Equal(["notes:False", "pure:False"], catalog.Functions.Select(f => $"{f.Name}:{f.Writes}"));

        foreach (var (sql, touches) in Statements)
        {
            Assert.Equal((sql, touches), (sql, Resolve(catalog, own, sql)));
        }

        CatalogTable Table(string name) => catalog.Tables.Single(t => t.Name == name && (t.Schema == own || t.Schema == other));

        string Keys(string table) => string.Join('|', Table(table).Keys.Select(k => string.Join(',', k)));
    }

    private static string Resolve(OrderCatalog catalog, string database, string sql)
    {
        var bytes = Encoding.UTF8.GetBytes(sql);
        var unit = new OrderUnit { TransactionState = Replay.Workload.TransactionState.Open };
        new AccessResolver(catalog).Resolve(new AccessReader(SqlDialect.MySql).Read(bytes), bytes, LexerOptions.None, default, default, database, unit);
        return string.Join(' ', unit.Accesses.Select(a => $"{(a.Table == OrderTables.Everything ? "*" : catalog.Tables[a.Table - OrderTables.First - 1].Name)}:{a.Kind}").Order(StringComparer.Ordinal));
    }
}

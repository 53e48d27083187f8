using Replay.Client;
using Replay.TestKit;

namespace Replay.Replayer.Tests.Ordering;

/// <summary>The catalogue query on the oldest and the newest server.</summary>
[Collection(ServersCollection.Name)]
public sealed class PostgresCatalogQueryTests(ServersFixture servers)
{
    private const string Schema =
        """
        CREATE TABLE customers (id serial PRIMARY KEY, email text UNIQUE, name varchar(10) DEFAULT 'x', d date, u uuid, c char(3), n numeric);
        CREATE TABLE orders (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, customer_id int REFERENCES customers ON DELETE CASCADE, note text);
        CREATE UNIQUE INDEX ON orders (note) WHERE customer_id > 0;
        CREATE UNIQUE INDEX ON orders (lower(note));
        CREATE TABLE lines (order_id bigint REFERENCES orders, line int, qty int, PRIMARY KEY (line, order_id));
        CREATE VIEW v AS SELECT o.id FROM orders o JOIN lines l ON l.order_id = o.id;
        CREATE VIEW over AS SELECT * FROM v;
        CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN new; END $$;
        CREATE FUNCTION pure() RETURNS int LANGUAGE sql STABLE AS 'SELECT 1';
        CREATE TRIGGER g BEFORE INSERT OR UPDATE ON lines FOR EACH ROW EXECUTE PROCEDURE f();
        CREATE FUNCTION book(n int) RETURNS int LANGUAGE sql AS 'UPDATE orders SET note = note WHERE id = $1; SELECT 1';
        CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$ DECLARE n int := 0; BEGIN SELECT count(*) INTO n FROM customers; PERFORM book(n); RETURN NULL; END $$;
        CREATE TRIGGER g2 AFTER DELETE ON lines FOR EACH ROW EXECUTE PROCEDURE note();
        CREATE FUNCTION other() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN EXECUTE 'TRUNCATE ' || TG_TABLE_NAME; RETURN NULL; END $$;
        CREATE TRIGGER g3 AFTER UPDATE ON lines FOR EACH ROW EXECUTE PROCEDURE other();
        CREATE VIEW written AS SELECT id, name FROM customers;
        CREATE FUNCTION instead() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN UPDATE orders SET note = note WHERE id = new.id; RETURN new; END $$;
        CREATE TRIGGER i INSTEAD OF INSERT OR UPDATE ON written FOR EACH ROW EXECUTE PROCEDURE instead();
        CREATE VIEW outer_written AS SELECT * FROM written;
        CREATE VIEW ruled AS SELECT id FROM customers;
        CREATE RULE r AS ON DELETE TO ruled DO INSTEAD DELETE FROM orders;
        CREATE FUNCTION through() RETURNS int LANGUAGE sql AS 'INSERT INTO outer_written VALUES (1); SELECT 1';
        CREATE FUNCTION through_rule() RETURNS int LANGUAGE sql AS 'DELETE FROM ruled; SELECT 1';
        CREATE SCHEMA t1;
        CREATE TABLE t1.orders (id int);
        CREATE FUNCTION choose(n text) RETURNS text LANGUAGE sql AS 'SELECT set_config(''search_path'', n, false)';
        CREATE SEQUENCE keeps CACHE 10;
        CREATE SEQUENCE back INCREMENT -1;
        CREATE TABLE stock (own serial, kept int DEFAULT nextval('keeps'), down int DEFAULT nextval('back'), twice int DEFAULT 2 * nextval('keeps'));
        CREATE TABLE ev (id int, day date) PARTITION BY RANGE (day);
        CREATE TABLE ev1 PARTITION OF ev FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
        CREATE TABLE cities (id int PRIMARY KEY);
        CREATE TABLE capitals (x int) INHERITS (cities)
        """;

    [ServerFact]
    public Task PostgreSql10() => CatalogueIsRead(ServerKind.Postgres10);

    [ServerFact]
    public Task PostgreSql18() => CatalogueIsRead(ServerKind.Postgres18);

    private async Task CatalogueIsRead(ServerKind kind)
    {
        var server = await servers.GetAsync(kind);
        var database = await servers.NewDatabaseAsync(server);
        await server.SqlAsync(Schema, database);
        await server.SqlAsync($"CREATE ROLE of_{database}; ALTER ROLE of_{database} IN DATABASE {database} SET search_path = t1, public", database);
        if (kind == ServerKind.Postgres18)
        {
            await server.SqlAsync("CREATE TABLE newer (c text, g text GENERATED ALWAYS AS (lower(c)) STORED UNIQUE, n int UNIQUE NULLS NOT DISTINCT, o int UNIQUE)", database);
        }

        var read = Assert.Single(await CatalogReader.ReadAsync(TargetUrl.Parse(server.Url()), [database, "not_there"]));
        Assert.Equal(database, read.Key);
        var catalog = OrderCatalog.Parse(read.Value.ToJson());

        var customers = Table("customers");
        Assert.Equal(
            [new("id", KeyType.Integer, true, true, Sequence: new CatalogSequence("public.customers_id_seq", 1, 1)), new("email", KeyType.Text), new("name", KeyType.Text, false, true), new("d", KeyType.Date), new("u", KeyType.Uuid), new("c", KeyType.FoldedText), new("n", KeyType.Other)],
            customers.Columns);
        Assert.Equal(["id", "email"], customers.Keys.Select(k => Assert.Single(k)));
        Assert.Equal("id|(condition),customer_id,note|(condition),note", Keys("orders"));
        Assert.True(Table("orders").Columns[0].IsGenerated);
        Assert.Equal(new CatalogSequence("public.orders_id_seq", 1, 1), Table("orders").Columns[0].Sequence);
        Assert.Equal([true, null, null, null], Table("stock").Columns.Select(c => c.Sequence is null ? (bool?)null : true));
        var reference = Assert.Single(Table("orders").ForeignKeys);
        Assert.Equal(("customers", ReferenceAction.Cascade), (reference.Table, reference.Action));
        Assert.Equal(["line", "order_id"], Assert.Single(Table("lines").Keys));
        Assert.Equal(["orders_lower_idx", "orders_note_idx", "orders_pkey"], Table("orders").Indexes.Where(i => !i.Contains("customer", StringComparison.Ordinal)));
        Assert.Equal(ReferenceAction.Restrict, Assert.Single(Table("lines").ForeignKeys).Action);
        Assert.Equal(["insert", "update"], Table("lines").Triggers.Single(t => t.Touches?.Count == 0).Events);
        Assert.Equal("public.ev", Table("ev1").PartitionOf);
        Assert.Equal("public.cities", Table("capitals").Inherits);
        Assert.Equal(["public.lines", "public.orders"], catalog.Views.Single(v => v.Name == "over").Tables.Order(StringComparer.Ordinal));
        Assert.Equal(["book True public.customers public.orders", "choose False ", "f False ", "instead True public.customers public.orders", "note True public.customers public.orders", "other True ", "through True public.customers public.orders", "through_rule True "], catalog.Functions.Select(f => $"{f.Name} {f.Writes} {string.Join(' ', f.Touches ?? [])}"));
        Assert.Null(catalog.Functions.Single(f => f.Name == "other").Touches);
        Assert.Equal(
            ["outer_written insert update: public.customers public.orders", "ruled delete: ?", "written insert update: public.customers public.orders"],
            catalog.Views.SelectMany(v => v.Triggers.Select(t => $"{v.Name} {string.Join(' ', t.Events)}: {string.Join(' ', t.Touches ?? ["?"])}")).Order(StringComparer.Ordinal));
        Assert.Equal([[], ["public.customers", "public.orders"], null], Table("lines").Triggers.OrderBy(t => t.Touches?.Count ?? 9).Select(t => t.Touches));
        Assert.Equal(["public"], catalog.SearchPath);
        Assert.Equal(["public", "t1"], catalog.Schemas);
        Assert.Equal([new(null, "\"$user\", public"), new($"of_{database}", "t1, public")], catalog.PathSettings);
        Assert.Equal(["choose"], catalog.Functions.Where(f => f.SetsPath).Select(f => f.Name));
        Assert.Equal(["public.customers", "public.orders", "t1.orders"], catalog.Functions.Single(f => f.Name == "book").Elsewhere);

        if (kind == ServerKind.Postgres18)
        {
            Assert.Equal("o|(condition),c,g,n,o|(condition),n", Keys("newer"));
        }

        string Keys(string table) => string.Join('|', Table(table).Keys.Select(k => string.Join(',', k)));

        CatalogTable Table(string name) => catalog.Tables.Single(t => t.Name == name && t.Schema == "public");
    }
}

import java.io.ByteArrayInputStream;
import java.io.StringReader;
import java.io.StringWriter;
import java.sql.*;
import java.util.Properties;
import org.postgresql.PGConnection;

/** pgjdbc on PostgreSQL: unnamed and named statements, binary transfer, batches, portals fetched by steps, COPY, the simple protocol. */
public class Jdbc extends Truth {
    private static String url;
    private static String[] login;

    public static void main(String[] args) throws Exception {
        url = "jdbc:postgresql://" + args[0] + ":" + args[1] + "/" + args[4] + "?sslmode=disable&ApplicationName=jdbc";
        login = new String[] {args[2], args[3]};
        own("SET extra_float_digits = \\d|SET application_name = .*");
        extended();
        batches();
        portals();
        simple();
    }

    private static Connection open(String options) throws SQLException {
        return DriverManager.getConnection(url + options, login[0], login[1]);
    }

    private static void extended() throws Exception {
        try (Connection c = open("&prepareThreshold=3")) {
            try (Statement s = c.createStatement()) {
                s.execute("CREATE TABLE java (id int PRIMARY KEY, big bigint, name text, at timestamp, data bytea, f float8, u uuid)");
                truth("CREATE TABLE java (id int PRIMARY KEY, big bigint, name text, at timestamp, data bytea, f float8, u uuid)", "");
            }
            String sql = "INSERT INTO java VALUES (?, ?, ?, ?, ?, ?, ?)";
            try (PreparedStatement s = c.prepareStatement(sql)) {
                for (int i = 1; i <= 6; i++) { // named and binary from the third on
                    s.setInt(1, i);
                    s.setLong(2, i * 10_000_000_000L);
                    s.setString(3, i == 2 ? null : "näme \uD83D\uDE00 " + i);
                    s.setTimestamp(4, Timestamp.valueOf("2024-02-29 12:34:56.789"));
                    s.setBytes(5, new byte[] {0, (byte) i, (byte) 255});
                    s.setDouble(6, i / 8.0);
                    s.setObject(7, java.util.UUID.fromString("00000000-0000-0000-0000-00000000000" + i));
                    truth("INSERT INTO java VALUES ($1, $2, $3, $4, $5, $6, $7)", "\"affected\":" + s.executeUpdate());
                }
                fails("INSERT INTO java VALUES ($1, $2, $3, $4, $5, $6, $7)", s::executeUpdate);
            }
            try (PreparedStatement s = c.prepareStatement("SELECT * FROM java WHERE id BETWEEN ? AND ? ORDER BY id")) {
                for (int i = 1; i <= 5; i++) {
                    s.setInt(1, i);
                    s.setInt(2, 5);
                    truth("SELECT * FROM java WHERE id BETWEEN $1 AND $2 ORDER BY id", "\"parameters\":[\"" + i + "\",\"5\"],\"rows\":" + count(s.executeQuery()));
                }
            }
            try (Statement s = c.createStatement()) {
                // several statements of one text are one batch of Parse, Bind, Execute each
                s.execute("UPDATE java SET name = 'x' WHERE id = 1; SELECT count(*) FROM java; DELETE FROM java WHERE id = 99");
                truth("UPDATE java SET name = 'x' WHERE id = 1", "\"affected\":1");
                truth(" SELECT count(*) FROM java", "\"rows\":1");
                truth(" DELETE FROM java WHERE id = 99", "");
                fails("SELECT no_such_column FROM java", () -> s.executeQuery("SELECT no_such_column FROM java"));
                s.setQueryTimeout(1);
                fails("SELECT pg_sleep(3)", () -> s.executeQuery("SELECT pg_sleep(3)"));
            }
            try (PreparedStatement s = c.prepareStatement("INSERT INTO java (id, name) VALUES (?, ?)", new String[] {"id"})) {
                s.setInt(1, 50);
                s.setString(2, "generated");
                s.executeUpdate();
                truth("INSERT INTO java (id, name) VALUES ($1, $2)\nRETURNING \"id\"", "\"parameters\":[\"50\",\"generated\"],\"affected\":1,\"rows\":1");
            }
            var copy = c.unwrap(PGConnection.class).getCopyAPI();
            truth("COPY java (id, name) FROM STDIN", "\"affected\":" + copy.copyIn("COPY java (id, name) FROM STDIN", new StringReader("60\tcopied\n61\t\\N\n")) + ",\"copy\":\"in\"");
            truth("COPY java TO STDOUT", "\"rows\":" + copy.copyOut("COPY java TO STDOUT", new StringWriter()) + ",\"copy\":\"out\"");
        }
    }

    private static void batches() throws Exception {
        try (Connection c = open("&reWriteBatchedInserts=true")) {
            table(c, "java2");
            c.setAutoCommit(false);
            try (PreparedStatement s = c.prepareStatement("INSERT INTO java2 (id, name) VALUES (?, ?)")) {
                for (int i = 100; i < 107; i++) {
                    s.setInt(1, i);
                    s.setString(2, "batch " + i);
                    s.addBatch();
                }
                s.executeBatch(); // rewritten into powers of two
                truth("BEGIN", "");
                truth("INSERT INTO java2 (id, name) VALUES ($1, $2),($3, $4),($5, $6),($7, $8)", "\"affected\":4");
                truth("INSERT INTO java2 (id, name) VALUES ($1, $2),($3, $4)", "\"affected\":2");
                truth("INSERT INTO java2 (id, name) VALUES ($1, $2)", "\"affected\":1");
            }
            c.commit();
            truth("COMMIT", "");
            try (Statement s = c.createStatement()) {
                s.addBatch("UPDATE java2 SET name = 'a' WHERE id = 100");
                s.addBatch("UPDATE java2 SET name = 'b' WHERE id >= 101");
                s.executeBatch();
                truth("BEGIN", "");
                truth("UPDATE java2 SET name = 'a' WHERE id = 100", "\"affected\":1");
                truth("UPDATE java2 SET name = 'b' WHERE id >= 101", "\"affected\":6");
            }
            Savepoint p = c.setSavepoint("p");
            truth("SAVEPOINT \"p\"", "");
            try (PreparedStatement s = c.prepareStatement("INSERT INTO java2 (id) VALUES (?) RETURNING id")) {
                for (int i : new int[] {200, 100, 201}) { // the second is there already: the third is skipped
                    s.setInt(1, i);
                    s.addBatch();
                }
                try {
                    s.executeBatch();
                } catch (BatchUpdateException e) {
                    truth("INSERT INTO java2 (id) VALUES ($1) RETURNING id", "\"parameters\":[\"200\"],\"rows\":1"); // a limit of one row suspends the portal
                    truth("INSERT INTO java2 (id) VALUES ($1) RETURNING id", "\"parameters\":[\"100\"],\"error\":\"" + e.getSQLState() + "\"");
                    truth("INSERT INTO java2 (id) VALUES ($1) RETURNING id", "\"parameters\":[\"201\"]");
                }
            }
            c.rollback(p);
            truth("ROLLBACK TO SAVEPOINT \"p\"", "");
            c.commit();
            truth("COMMIT", "");
        }
    }

    /** A fetch size leaves the portal suspended between Executes; two portals are open at once. */
    private static void portals() throws Exception {
        try (Connection c = open("")) {
            c.setAutoCommit(false);
            try (PreparedStatement a = c.prepareStatement("SELECT n FROM generate_series(1, ?) n"); PreparedStatement b = c.prepareStatement("SELECT relname FROM pg_class ORDER BY oid LIMIT 5")) {
                a.setFetchSize(10);
                a.setInt(1, 25);
                b.setFetchSize(3);
                ResultSet first = a.executeQuery();
                truth("BEGIN", "");
                truth("SELECT n FROM generate_series(1, $1) n", "\"parameters\":[\"25\"],\"rows\":10");
                first.next();
                ResultSet second = b.executeQuery();
                truth("SELECT relname FROM pg_class ORDER BY oid LIMIT 5", "\"rows\":3");
                count(first);
                truth("SELECT n FROM generate_series(1, $1) n", "\"rows\":10");
                truth("SELECT n FROM generate_series(1, $1) n", "\"rows\":5");
                count(second);
                truth("SELECT relname FROM pg_class ORDER BY oid LIMIT 5", "\"rows\":2");
            }
            c.commit();
            truth("COMMIT", "");
        }
    }

    private static void simple() throws Exception {
        try (Connection c = open("&preferQueryMode=simple")) {
            table(c, "java3");
            PreparedStatement s = c.prepareStatement("SELECT id FROM java3 WHERE name = ? OR id = ?");
            s.setString(1, "it's");
            s.setInt(2, 100);
            truth("SELECT id FROM java3 WHERE name = ('it''s') OR id = ('100'::int4)", "\"rows\":" + count(s.executeQuery()));
        }
    }

    private static void table(Connection c, String name) throws SQLException {
        try (Statement s = c.createStatement()) {
            String sql = "CREATE TABLE " + name + " (id int PRIMARY KEY, name text)";
            s.execute(sql);
            truth(sql, "");
        }
    }

    private static void fails(String sql, Action action) {
        fails(sql, action, SQLException::getSQLState);
    }
}

import java.sql.*;
import java.util.Properties;

/** MariaDB Connector/J on MySQL and MariaDB: text and server-side prepares, batches as bulk, as pipelines and rewritten, cursors by fetch size. */
public class Jdbc extends Truth {
    private static String url;
    private static String[] login;

    public static void main(String[] args) throws Exception {
        url = "jdbc:mariadb://" + args[0] + ":" + args[1] + "/" + args[4] + "?useSSL=false&allowPublicKeyRetrieval=true&allowMultiQueries=true";
        login = new String[] {args[2], args[3]};
        own("set (autocommit|tx_isolation|session).*|SELECT @@.*|SHOW VARIABLES.*|set .*|SET .*|COMMIT|ROLLBACK");
        text();
        prepared();
        batches();
        cursors();
    }

    private static Connection open(String options) throws SQLException {
        return DriverManager.getConnection(url + options, login[0], login[1]);
    }

    private static void text() throws Exception {
        try (Connection c = open("")) {
            run(c, "CREATE TABLE java (id int PRIMARY KEY, big bigint, name varchar(100), at datetime(3), data blob, f double, flag bit(1)) CHARACTER SET utf8mb4", "");
            try (PreparedStatement s = c.prepareStatement("INSERT INTO java (id, name, f) VALUES (?, ?, ?)")) {
                s.setInt(1, 1);
                s.setString(2, "it's \\ \uD83D\uDE00");
                s.setDouble(3, 0.5);
                truth("INSERT INTO java (id, name, f) VALUES (1, 'it\\'s \\\\ \uD83D\uDE00', 0.5)", "\"affected\":" + s.executeUpdate());
            }
            try (Statement s = c.createStatement()) {
                s.execute("SELECT 1; UPDATE java SET name = 'x' WHERE id = 1; SELECT id FROM java");
                truth("SELECT 1; UPDATE java SET name = 'x' WHERE id = 1; SELECT id FROM java", "\"rows\":2,\"affected\":1");
                fails("SELECT no_such_column FROM java", () -> s.executeQuery("SELECT no_such_column FROM java"));
            }
        }
    }

    private static void prepared() throws Exception {
        try (Connection c = open("&useServerPrepStmts=true")) {
            run(c, "CREATE TABLE java2 (id int PRIMARY KEY, big bigint, name varchar(100), at datetime(3), data blob, f double, flag bit(1)) CHARACTER SET utf8mb4", "");
            String sql = "INSERT INTO java2 VALUES (?, ?, ?, ?, ?, ?, ?)";
            try (PreparedStatement s = c.prepareStatement(sql)) {
                for (int i = 10; i < 14; i++) {
                    s.setInt(1, i);
                    s.setLong(2, i * 10_000_000_000L);
                    s.setString(3, i == 11 ? null : "näme " + i);
                    s.setTimestamp(4, Timestamp.valueOf("2024-02-29 12:34:56.789"));
                    s.setBytes(5, new byte[] {0, (byte) i, (byte) 255});
                    s.setDouble(6, i / 8.0);
                    s.setBoolean(7, true);
                    truth(sql, "\"affected\":" + s.executeUpdate());
                }
                fails(sql, s::executeUpdate);
            }
            sql = "SELECT * FROM java2 WHERE id BETWEEN ? AND ? ORDER BY id";
            try (PreparedStatement s = c.prepareStatement(sql)) {
                for (int i = 9; i <= 13; i++) {
                    s.setInt(1, i);
                    s.setInt(2, 12);
                    truth(sql, "\"parameters\":[\"" + i + "\",\"12\"],\"rows\":" + count(s.executeQuery()));
                }
            }
        }
    }

    private static void batches() throws Exception {
        for (String options : new String[] {"&useServerPrepStmts=true&useBulkStmts=true", "&useServerPrepStmts=true&useBulkStmts=false&useBatchMultiSend=true", "&rewriteBatchedStatements=true"}) {
            try (Connection c = open(options)) {
                int base = options.contains("rewrite") ? 300 : options.contains("useBulkStmts=true") ? 100 : 200;
                boolean isBulk = base == 100 && c.getMetaData().getDatabaseProductName().contains("MariaDB");
                run(c, "CREATE TABLE java" + base + " (id int PRIMARY KEY, name varchar(100))", "");
                String sql = "INSERT INTO java" + base + " (id, name) VALUES (?, ?)";
                StringBuilder values = new StringBuilder();
                try (PreparedStatement s = c.prepareStatement(sql)) {
                    for (int i = base; i < base + 5; i++) {
                        s.setInt(1, i);
                        s.setString(2, i == base + 1 ? null : "batch " + i);
                        s.addBatch();
                        values.append(i == base ? "" : ", ").append("(").append(i).append(", ").append(i == base + 1 ? "NULL" : "'batch " + i + "'").append(")");
                    }
                    s.executeBatch();
                    if (base == 300) {
                        truth("INSERT INTO java" + base + " (id, name) VALUES " + values, "\"affected\":5");
                    } else if (isBulk) {
                        truth(sql, "\"affected\":5");
                    } else {
                        for (int i = base; i < base + 5; i++) {
                            truth(sql, "\"parameters\":[\"" + i + "\"," + (i == base + 1 ? "null" : "\"batch " + i + "\"") + "],\"affected\":1");
                        }
                    }
                }
            }
        }
    }

    private static void cursors() throws Exception {
        try (Connection c = open("&useServerPrepStmts=true")) {
            c.setAutoCommit(false);
            run(c, "CREATE TABLE java3 (id int PRIMARY KEY, f double)", "");
            run(c, "INSERT INTO java3 (id) VALUES (1), (2), (3), (4), (5)", "\"affected\":5");
            String sql = "SELECT id FROM java3 WHERE id > ?";
            try (PreparedStatement s = c.prepareStatement(sql)) {
                s.setFetchSize(2); // streams: the rows are read while they come
                s.setInt(1, 0);
                truth(sql, "\"rows\":" + count(s.executeQuery()));
            }
            run(c, "UPDATE java3 SET f = 9", "\"affected\":5");
            c.rollback();
        }
    }

    private static void run(Connection c, String sql, String facts) throws SQLException {
        try (Statement s = c.createStatement()) {
            s.execute(sql);
            truth(sql, facts);
        }
    }

    private static void fails(String sql, Action action) {
        fails(sql, action, SQLException::getErrorCode);
    }
}

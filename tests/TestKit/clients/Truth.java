import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.function.Function;

/** Prints what a client did and what came of it: a line of JSON for each statement. */
class Truth {
    interface Action {
        void run() throws SQLException;
    }

    static void truth(String sql, String facts) {
        System.out.println("{\"sql\":" + json(sql) + (facts.isEmpty() ? "" : ",") + facts + "}");
    }

    /** What the driver sends of its own accord, as a regular expression. */
    static void own(String pattern) {
        System.out.println("{\"driver\":" + json(pattern) + "}");
    }

    /** A statement that fails; by which code its error is known depends on the engine. */
    static void fails(String sql, Action action, Function<SQLException, Object> code) {
        try {
            action.run();
        } catch (SQLException e) {
            truth(sql, "\"error\":\"" + code.apply(e) + "\"");
        }
    }

    static int count(ResultSet rows) throws SQLException {
        int n = 0;
        while (rows.next()) {
            n++;
        }
        return n;
    }

    private static String json(String text) {
        return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n") + '"';
    }
}

using Replay.TestKit;

namespace Replay.EndToEnd.Tests.Comparing;

/// <summary>A statement that a new major version answers otherwise, or does not.</summary>
/// <param name="Sql">The statement.</param>
/// <param name="Told">What the comparison has to say of it: an error's code, a kind of result as in the JSON, or <see cref="Same"/>.</param>
internal sealed record VersionBreak(string Sql, string Told)
{
    /// <summary>Answered alike.</summary>
    public const string Same = "";
}

/// <summary>Two real versions and what breaks between them; as measured on them, and by their release notes.</summary>
/// <param name="Old">The captured one.</param>
/// <param name="New">The one to move to.</param>
/// <param name="Schema">Statements that make the data.</param>
/// <param name="Breaks">What clients send.</param>
internal sealed record VersionPair(ServerKind Old, ServerKind New, string Schema, IReadOnlyList<VersionBreak> Breaks)
{
    private const string Parts = "CREATE TABLE parts (id INT PRIMARY KEY, `vector` INT, `rank` INT, name VARCHAR(5), UNIQUE KEY (name, id)) DEFAULT CHARSET=utf8mb4; INSERT INTO parts VALUES (1, 10, 3, 0xC39F), (2, 20, 2, 's'), (3, 20, 1, 'x'); CREATE TABLE notes (body VARCHAR(5))";

    public static readonly IReadOnlyList<VersionPair> All =
    [
        new(ServerKind.Postgres10, ServerKind.Postgres18,
            "CREATE TABLE staff (id INT PRIMARY KEY, name TEXT, \"system_user\" TEXT, share FLOAT, since TIME); INSERT INTO staff VALUES (1, 'x', 'x', 1 / 3.0, '10:00:01.5'), (2, 'y', 'y', 0.1, '11:00'); CREATE TABLE joined (id INT, \"system_user\" TEXT)",
            [
                new("SELECT name FROM staff WHERE id = 1", VersionBreak.Same),
                new("SELECT count(*) FROM staff", VersionBreak.Same),
                new("UPDATE staff SET name = name WHERE id = 2", VersionBreak.Same),
                new("SELECT id, system_user FROM staff", "value"), // a function since 16
                new("SELECT id FROM staff WHERE system_user = 'x'", "row_count"),
                new("INSERT INTO joined (id, system_user) VALUES (9, 'y')", "42601"), // reserved since 16
                new("SELECT id::abstime FROM staff", "42704"), // gone in 12
                new("SELECT id ! FROM staff", "42601"), // gone in 14
                new("SELECT share FROM staff WHERE id = 1", "format"), // as many digits as it takes since 12
                new("SELECT EXTRACT(second FROM since) FROM staff WHERE id = 1", "format"), // numeric since 14
            ]),
        new(ServerKind.MariaDb1011, ServerKind.MariaDb118, Parts,
            [
                new("SELECT id FROM parts WHERE name = 's'", VersionBreak.Same),
                new("SELECT count(*) FROM parts", VersionBreak.Same),
                new("UPDATE parts SET name = 'y' WHERE id = 3", VersionBreak.Same),
                new("SELECT vector FROM parts", "1064"), // reserved since 11.7
                new("SELECT id FROM parts WHERE CONVERT(name USING utf8mb4) = 's'", "row_count"), // uca1400 is utf8mb4's collation since 11.5
                new("SELECT FROM_UNIXTIME(2300000000 + id) FROM parts WHERE id = 1", "value"), // 64 bits since 11.5
            ]),
        new(ServerKind.MySql56, ServerKind.MySql97, Parts,
            [
                new("SELECT id FROM parts WHERE id = 2", VersionBreak.Same),
                new("SELECT count(*) FROM parts", VersionBreak.Same),
                new("UPDATE parts SET name = 'y' WHERE id = 3", VersionBreak.Same),
                new("SELECT rank FROM parts", "1064"), // reserved since 8.0
                new("SELECT MD5(id) FROM parts", "1305"), // gone in 9.6
                new("SELECT PASSWORD(id) FROM parts", "1064"), // gone in 8.0
                new("SELECT `vector`, count(*) FROM parts GROUP BY `vector` DESC", "1064"), // gone in 8.0
                new("SELECT `vector`, id FROM parts GROUP BY `vector`", "1055"), // ONLY_FULL_GROUP_BY since 5.7
                new("INSERT INTO notes VALUES ('too long for it')", "1406"), // strict since 5.7
                new("SELECT id FROM parts WHERE name RLIKE '[[:<:]]s'", "3685"), // ICU since 8.0
                new("SELECT FROM_UNIXTIME(2300000000 + id) FROM parts WHERE id = 1", "value"), // 64 bits since 8.0.28
            ]),
    ];
}

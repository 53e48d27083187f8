namespace Replay.Replayer;

/// <summary>What <c>environment.json</c> holds: what servers may have differently besides settings and tables.</summary>
/// <param name="Extensions">PostgreSQL's extensions by database; MySQL's plug-ins that are no part of the server.</param>
/// <param name="Databases">Encoding and collation of the databases that sessions used.</param>
/// <param name="UserSettings">Settings that single users' sessions begin with (ALTER ROLE ... SET); MySQL has none.</param>
public sealed record ServerEnvironment(IReadOnlyList<ExtensionFacts> Extensions, IReadOnlyList<DatabaseFacts> Databases, IReadOnlyList<UserSetting> UserSettings);

/// <summary>An extension or plug-in.</summary>
/// <param name="Database">The database that has it; null if the whole server has.</param>
/// <param name="Name">Its name.</param>
/// <param name="Version">Its version.</param>
public sealed record ExtensionFacts(string? Database, string Name, string? Version);

/// <summary>How a database writes and sorts.</summary>
/// <param name="Database">Its captured name.</param>
/// <param name="Encoding">Its encoding or character set.</param>
/// <param name="Collation">Its default collation.</param>
/// <param name="Version">The version of that collation's rules: PostgreSQL's provider and version; null if not told.</param>
public sealed record DatabaseFacts(string Database, string? Encoding, string? Collation, string? Version);

/// <summary>A setting of a single user.</summary>
/// <param name="Database">The database in which it holds; null: in all.</param>
/// <param name="User">The user.</param>
/// <param name="Name">The setting.</param>
/// <param name="Value">Its value.</param>
public sealed record UserSetting(string? Database, string User, string Name, string Value);

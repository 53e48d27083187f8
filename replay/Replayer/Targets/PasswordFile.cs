namespace Replay.Replayer;

/// <summary>Passwords of captured users: lines of <c>user:password</c>, empty lines and lines that begin with <c>#</c> apart.</summary>
public sealed class PasswordFile
{
    private readonly Dictionary<string, string> _passwords = new(StringComparer.Ordinal);

    /// <summary>No passwords at all.</summary>
    public static PasswordFile Empty { get; } = new();

    /// <summary>Reads a file; a <see cref="CommandException"/> if it cannot be read or a line is not of that form.</summary>
    public static PasswordFile Read(string path)
    {
        try
        {
            return Parse(File.ReadAllLines(path), path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandException($"the password file cannot be read: {e.Message}");
        }
    }

    /// <summary>Understands the lines of a file called <paramref name="name"/>.</summary>
    public static PasswordFile Parse(IReadOnlyList<string> lines, string name)
    {
        var file = new PasswordFile();
        for (var i = 0; i < lines.Count; i++)
        {
            var line = lines[i];
            if (line.Length == 0 || line[0] == '#')
            {
                continue;
            }

            var colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon <= 0)
            {
                throw new CommandException($"{name}, line {i + 1}: expected user:password");
            }

            file._passwords[line[..colon]] = line[(colon + 1)..];
        }

        return file;
    }

    /// <summary>The password of a user; null if the file has none.</summary>
    public string? Find(string user) => _passwords.GetValueOrDefault(user);
}

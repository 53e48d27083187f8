using System.Security.Cryptography;
using System.Text;
using Replay.Workload;

namespace Replay.Replayer;

/// <summary>A captured execution that is executed again.</summary>
/// <param name="Position">Where it is in the workload.</param>
/// <param name="Request">Its messages, answered by themselves; what it prepares is in the context.</param>
/// <param name="Context">The session that it is executed in.</param>
public sealed record Exemplar(long Position, RecordedMessage Request, ExemplarContext Context);

/// <summary>What a connection is made of in which an execution can be executed again: who, where, and what the session had been given by then.</summary>
public sealed class ExemplarContext
{
    /// <summary>A context.</summary>
    /// <param name="session">The captured session.</param>
    /// <param name="preparation">Settings, database and the prepared statement, as they were sent, in that order.</param>
    public ExemplarContext(Session session, IReadOnlyList<RecordedMessage> preparation)
    {
        Session = session;
        Preparation = preparation;
        Key = KeyOf(session, preparation);
    }

    /// <summary>The captured session.</summary>
    public Session Session { get; }

    /// <summary>What it has to be given.</summary>
    public IReadOnlyList<RecordedMessage> Preparation { get; }

    /// <summary>Equal for contexts that one connection serves.</summary>
    public string Key { get; }

    private static string KeyOf(Session session, IReadOnlyList<RecordedMessage> preparation)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var parameters = session.Parameters.OrderBy(p => p.Key, StringComparer.Ordinal).Select(p => $"{p.Key}\0{p.Value}\0");
        hash.AppendData(Encoding.UTF8.GetBytes($"{session.User}\0{session.Database}\0{session.MySqlCapabilities}\0{session.MySqlCollation}\0{string.Concat(parameters)}\0"));
        foreach (var message in preparation)
        {
            hash.AppendData(BitConverter.GetBytes(message.Bytes.Length));
            hash.AppendData([(byte)message.Command, .. message.Bytes, .. message.ParameterTypes, .. BitConverter.GetBytes(message.StatementHandle)]);
        }

        return Convert.ToHexString(hash.GetHashAndReset());
    }
}

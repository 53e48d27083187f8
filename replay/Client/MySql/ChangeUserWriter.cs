using System.Text;
using Replay.Protocol.Buffers;
using Replay.Protocol.MySql;
using Replay.Protocol.MySql.Messages;

namespace Replay.Client.MySql;

/// <summary>
/// COM_CHANGE_USER for this session: the recorded one's proof of the password is gone, and would prove nothing here. It goes without one; the server then
/// sends a challenge.
/// </summary>
internal static class ChangeUserWriter
{
    /// <summary>
    /// Writes the command with the recorded database by its name on the target, for <paramref name="user"/>; with the recorded collation unless <paramref name="collation"/> replaces it.
    /// False if the recorded one cannot be read.
    /// </summary>
    public static bool TryWrite(
        ByteStore into,
        ReadOnlySpan<byte> recorded,
        MySqlCapabilities captured,
        string user,
        TargetNames names,
        string plugin,
        MySqlCapabilities inForce,
        int? collation,
        IReadOnlyDictionary<string, string> attributes)
    {
        if (!ComChangeUser.TryParse(recorded, captured, out var change))
        {
            return false;
        }

        var database = names.Databases.Count == 0 ? change.Database : Encoding.UTF8.GetBytes(names.Database(Encoding.UTF8.GetString(change.Database)));
        Write(into, user, database, collation ?? (change.Collation < 0 ? MySqlLogin.UsualCollation : change.Collation), plugin, inForce, attributes);
        return true;
    }

    /// <summary>Writes the command.</summary>
    public static void Write(ByteStore into, string user, ReadOnlySpan<byte> database, int collation, string plugin, MySqlCapabilities inForce, IReadOnlyDictionary<string, string> attributes)
    {
        var payload = new ByteStore();
        payload.Append([ComChangeUser.Header]);
        HandshakeResponseWriter.WriteZeroTerminated(payload, user);
        payload.Append([0]);
        payload.Append(database);
        payload.Append([0, (byte)collation, (byte)(collation >> 8)]);
        HandshakeResponseWriter.WriteZeroTerminated(payload, plugin);
        if ((inForce & MySqlCapabilities.ConnectAttributes) != 0)
        {
            HandshakeResponseWriter.WriteAttributes(payload, attributes);
        }

        PacketWriter.Append(into, payload.Written, default);
        payload.Clear();
    }
}

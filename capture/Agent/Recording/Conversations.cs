using Replay.Protocol;
using Replay.Protocol.MySql;
using Replay.Protocol.PostgreSql;
using Replay.Workload;

namespace Replay.Agent.Recording;

/// <summary>Makes the decoder of a protocol.</summary>
internal static class Conversations
{
    public static Conversation Make(Engine engine, Recorder recorder, bool fromStart) => engine == Engine.MySql
        ? new MySqlConversation(recorder, recorder.Limits, fromStart)
        : new PostgresConversation(recorder, recorder.Limits, fromStart);
}

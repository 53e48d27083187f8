using Replay.Client;
using Replay.Workload;

namespace Replay.Replayer;

/// <summary>A recorded request that is kept to be sent many times.</summary>
/// <param name="Command">What was asked.</param>
/// <param name="Flags">The exchange's flags.</param>
/// <param name="Bytes">The client's messages.</param>
/// <param name="ParameterTypes">The parameters' types where the request does not carry them.</param>
/// <param name="StatementHandle">MySQL: the captured statement id; -1 where there is none.</param>
public sealed record RecordedMessage(Command Command, ExchangeFlags Flags, byte[] Bytes, byte[] ParameterTypes, long StatementHandle)
{
    /// <summary>A copy of a request.</summary>
    public static RecordedMessage Of(in RecordedRequest request) =>
        new(request.Command, request.Flags, request.Bytes.ToArray(), request.ParameterTypes.ToArray(), request.StatementHandle);

    /// <summary>As a connection takes it.</summary>
    public RecordedRequest ToRequest() => new()
    {
        Command = Command,
        Flags = Flags,
        Bytes = Bytes,
        ParameterTypes = ParameterTypes,
        StatementHandle = StatementHandle,
    };
}

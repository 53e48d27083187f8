using System.Runtime.CompilerServices;
using Replay.Network.Headers;

namespace Replay.Network.Flows;

/// <summary>A connection's two ends, the client's first.</summary>
internal readonly struct FlowKey(FlowAddress client, FlowAddress server, ushort clientPort, ushort serverPort)
{
    public readonly FlowAddress Client = client;
    public readonly FlowAddress Server = server;
    public readonly uint Ports = (uint)clientPort << 16 | serverPort;

    public ushort ClientPort => (ushort)(Ports >> 16);

    public ushort ServerPort => (ushort)Ports;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool IsSame(in FlowKey other) => Ports == other.Ports && Client.Equals(other.Client) && Server.Equals(other.Server);

    /// <summary>
    /// A multiplicative hash. The seed differs from process to process, so that nobody can choose ports that fall into one place.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public uint Hash(ulong seed)
    {
        const ulong Factor1 = 0x9E3779B97F4A7C15, Factor2 = 0xC2B2AE3D27D4EB4F;
        ulong mixed = (Client.Low ^ Ports ^ seed) * Factor1;
        mixed ^= mixed >> 32;
        mixed = (mixed ^ Server.Low ^ Client.High * Factor2 ^ ulong.RotateLeft(Server.High, 32)) * Factor2;
        return (uint)(mixed >> 32);
    }

    public FlowEndpoints ToEndpoints() => new(new(Client.ToIPAddress(), ClientPort), new(Server.ToIPAddress(), ServerPort));
}

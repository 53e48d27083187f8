using Replay.Network.Headers;

namespace Replay.Network.Fragments;

/// <summary>What the fragments of one datagram have in common: RFC 791 section 3.2, RFC 8200 section 4.5.</summary>
internal readonly record struct FragmentKey(FlowAddress Source, FlowAddress Destination, uint Identification, byte Protocol);

using Replay.Workload;

namespace Replay.Agent.Inspection;

/// <summary>One form of <c>show</c>'s output: each call appends a line to its buffer.</summary>
internal interface IShowWriter
{
    /// <summary>The line of a session.</summary>
    byte[] Session(Session session);

    /// <summary>The line of an exchange.</summary>
    byte[] Exchange(Engine engine, in Exchange exchange, string? shape);

    /// <summary>The line of a gap.</summary>
    byte[] Gap(in Gap gap);
}

using System.Reflection;

namespace Replay.Replayer;

/// <summary>This program's version.</summary>
public static class ToolVersion
{
    /// <summary>As <c>--version</c> prints it and files record it.</summary>
    public static string Current { get; } =
        typeof(ToolVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";
}

namespace Replay.Workload.Tests;

/// <summary>Permissions do not stop root: skipped for it.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class UnprivilegedFactAttribute : FactAttribute
{
    public UnprivilegedFactAttribute() => Skip = Environment.IsPrivilegedProcess ? "root may read everything" : null;
}

/// <summary>Needs a small file system of its own, which only root can mount: skipped for others.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class SmallDiskFactAttribute : FactAttribute
{
    public SmallDiskFactAttribute() => Skip = SmallDisk.WhyNot;
}

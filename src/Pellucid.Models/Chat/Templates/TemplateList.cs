namespace Pellucid.Models.Chat;

/// <summary>A list or tuple of a template's values.</summary>
/// <param name="items">Its items; not changed any more.</param>
/// <param name="isTuple">Whether it is written with round brackets.</param>
internal sealed class TemplateList(IReadOnlyList<object?> items, bool isTuple = false)
{
    internal IReadOnlyList<object?> Items { get; } = items;

    internal bool IsTuple { get; } = isTuple;

    internal static TemplateList Pair(object? first, object? second) => new([first, second], isTuple: true);
}

package io.tillstream.chaos.check;

import io.tillstream.chaos.check.observation.Breach;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What the checker found.
 *
 * @param breaches in the order of the invariants
 * @param looked how much was judged, by what it is: a check of nothing finds nothing
 * @param notes what could not be judged, and why
 */
public record Report(List<Breach> breaches, Map<String, Integer> looked, List<String> notes) {

    public Report {
        breaches = List.copyOf(breaches);
        looked = Map.copyOf(looked);
        notes = List.copyOf(notes);
    }

    public boolean isClean() {
        return breaches.isEmpty();
    }

    /** In plain words. */
    public String text() {
        String seen = new TreeMap<>(looked)
                .entrySet().stream()
                        .map(each -> each.getValue() + " " + each.getKey())
                        .collect(Collectors.joining(", ", "Looked at ", ".\n"));
        String found = breaches.isEmpty()
                ? "No breach.\n"
                : breaches.stream()
                        .map(breach -> breach + " " + breach.ids() + "\n")
                        .collect(Collectors.joining("", breaches.size() + " breaches:\n", ""));
        return seen + found + notes.stream().map(note -> "Note: " + note + "\n").collect(Collectors.joining());
    }
}

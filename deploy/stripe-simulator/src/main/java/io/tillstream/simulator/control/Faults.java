package io.tillstream.simulator.control;

import io.tillstream.simulator.state.Resettable;
import java.util.ArrayList;
import java.util.List;
import java.util.ListIterator;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.springframework.http.server.PathContainer;
import org.springframework.stereotype.Component;
import org.springframework.web.util.pattern.PathPattern;
import org.springframework.web.util.pattern.PathPatternParser;
import tools.jackson.databind.node.ObjectNode;

/** What is to go wrong, by operation. */
@Component
public final class Faults implements Resettable {
    private final List<Planted> planted = new ArrayList<>();

    private record Planted(Fault fault, PathPattern path) {}

    synchronized void plant(Fault fault) {
        String path = fault.operation().substring(fault.operation().indexOf(' ') + 1);
        planted.add(new Planted(fault, PathPatternParser.defaultInstance.parse(path)));
    }

    synchronized boolean remove(String id) {
        return planted.removeIf(each -> each.fault().id().equals(id));
    }

    synchronized List<Fault> all() {
        return planted.stream().map(Planted::fault).toList();
    }

    /**
     * The fault that hits this request, if any; a counted one is used up by that.
     *
     * @param brings whether the request brings these parameters
     */
    public synchronized @Nullable Fault take(String method, String path, Predicate<ObjectNode> brings) {
        PathContainer container = PathContainer.parsePath(path);
        ListIterator<Planted> each = planted.listIterator();
        while (each.hasNext()) {
            Planted next = each.next();
            Fault fault = next.fault();
            boolean ofMethod =
                    fault.operation().startsWith("* ") || fault.operation().startsWith(method + " ");
            if (!ofMethod || !next.path().matches(container) || !brings.test(fault.params())) {
                continue;
            }
            if (fault.skip() > 0) {
                each.set(new Planted(fault.skipped(), next.path()));
                continue;
            }
            Fault after = fault.hit();
            if (after.times() != null && after.times() <= 0) {
                each.remove();
            } else {
                each.set(new Planted(after, next.path()));
            }
            return fault;
        }
        return null;
    }

    @Override
    public synchronized void reset() {
        planted.clear();
    }
}

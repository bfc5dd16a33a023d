package io.tillstream.simulator.state;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.springframework.stereotype.Component;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.type.TypeFactory;

/** Every store, by type and by the prefix of its ids. */
@Component
public final class Stores {
    private final Map<String, Store> byType = new LinkedHashMap<>();
    private final Map<String, Store> byPrefix = new HashMap<>();
    private final List<Store> withOwnIds = new ArrayList<>();
    private final Map<String, Kept> kept = new LinkedHashMap<>();

    /** A store for objects of {@code type} with ids {@code prefix_…}; lists filter fast by the indexed fields. */
    public Store open(String type, String prefix, String... indexed) {
        return register(prefix, new Store(type, Arrays.asList(indexed), null));
    }

    /** The same for objects that come in kinds as different as events of different types. */
    public Store openByKind(String type, String prefix, String kind) {
        return register(prefix, new Store(type, List.of(kind), kind));
    }

    private Store register(String prefix, Store store) {
        String type = store.type();
        if (byType.putIfAbsent(type, store) != null || byPrefix.putIfAbsent(prefix, store) != null) {
            throw new IllegalStateException("two stores for " + type + " or " + prefix);
        }
        return keep(store);
    }

    private <K extends Kept> K keep(K part) {
        if (kept.putIfAbsent(part.name(), part) != null) {
            throw new IllegalStateException("two parts of the state are named " + part.name());
        }
        return part;
    }

    /** A store of what Stripe does not show as objects: neither found by an id nor counted. */
    public Store openAside(String type, String kind) {
        return keep(new Store(type, List.of(), kind));
    }

    /** What is to be known beside the objects. The name, as {@code checkout.buyers}, stands in files: it never changes. */
    public <V> StateMap<V> map(String name, Class<V> values) {
        return keep(new StateMap<>(name, TypeFactory.createDefaultInstance().constructType(values)));
    }

    public <V> StateMap<List<V>> listMap(String name, Class<V> values) {
        return keep(
                new StateMap<>(name, TypeFactory.createDefaultInstance().constructCollectionType(List.class, values)));
    }

    public <V> StateMap<Map<String, V>> nestedMap(String name, Class<V> values) {
        return keep(new StateMap<>(
                name, TypeFactory.createDefaultInstance().constructMapType(Map.class, String.class, values)));
    }

    /** All that may outlive the process, but for the timeline. */
    public List<Kept> kept() {
        return List.copyOf(kept.values());
    }

    /** A store whose objects may have ids of the caller's choice, as products and coupons: found without a prefix too. */
    public Store openToOwnIds(String type, String prefix, String... indexed) {
        Store store = open(type, prefix, indexed);
        withOwnIds.add(store);
        return store;
    }

    /** A further prefix for the ids of a store, as {@code py_} for charges that are not of a card. */
    public void alias(String prefix, Store store) {
        byPrefix.put(prefix, store);
    }

    /** By the longest prefix that is known: {@code sub_sched_…} is no {@code sub_…}. */
    public Optional<Store> of(String id) {
        int end = id.indexOf('_');
        int second = id.indexOf('_', end + 1);
        if (second > 0 && byPrefix.containsKey(id.substring(0, second))) {
            end = second;
        }
        return end < 0 ? Optional.empty() : Optional.ofNullable(byPrefix.get(id.substring(0, end)));
    }

    public Optional<Store> ofType(String type) {
        return Optional.ofNullable(byType.get(type));
    }

    public Optional<ObjectNode> find(String id) {
        return of(id).flatMap(store -> store.find(id)).or(() -> withOwnIds.stream()
                .flatMap(store -> store.find(id).stream())
                .findFirst());
    }

    /** The same for the id in a field: if the field is named as a type, ids of that type come first. */
    public Optional<ObjectNode> find(String field, String id) {
        return ofType(field).flatMap(store -> store.find(id)).or(() -> find(id));
    }

    public Map<String, Long> counts() {
        Map<String, Long> counts = new LinkedHashMap<>();
        byType.forEach((type, store) -> counts.put(type, store.count()));
        return counts;
    }

    public void clear() {
        kept().forEach(Kept::clear);
    }
}

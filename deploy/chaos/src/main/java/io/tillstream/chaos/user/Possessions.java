package io.tillstream.chaos.user;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/** What a user was told to have: later steps choose from it, and at the end all of it must still be there. */
final class Possessions {
    private final List<String> orders = new ArrayList<>();
    private final List<String> paid = new ArrayList<>();
    private final List<String> cards = new ArrayList<>();
    private final List<String> subscriptions = new ArrayList<>();

    synchronized void order(String id) {
        add(orders, id);
    }

    synchronized void paid(String id) {
        add(paid, id);
    }

    synchronized void card(String id) {
        add(cards, id);
    }

    synchronized void removed(String card) {
        cards.remove(card);
    }

    synchronized void subscription(String id) {
        add(subscriptions, id);
    }

    synchronized List<String> orders() {
        return List.copyOf(orders);
    }

    synchronized List<String> subscriptions() {
        return List.copyOf(subscriptions);
    }

    synchronized Optional<String> anyPaid(Random random) {
        return any(paid, random);
    }

    synchronized Optional<String> anyCard(Random random) {
        return any(cards, random);
    }

    synchronized Optional<String> anySubscription(Random random) {
        return any(subscriptions, random);
    }

    private static Optional<String> any(List<String> all, Random random) {
        return all.isEmpty() ? Optional.empty() : Optional.of(all.get(random.nextInt(all.size())));
    }

    private static void add(List<String> all, String id) {
        if (!id.isEmpty() && !all.contains(id)) {
            all.add(id);
        }
    }
}

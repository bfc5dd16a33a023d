package io.tillstream.acceptance;

/** Refunds that a person has to look at, put where they rest: how they come to that is tested where it is done. */
final class FlaggedRefunds {

    static final String OF_PAYMENTS = "/api/admin/payments/owed-refunds/";
    static final String OF_INVOICES = "/api/admin/invoices/owed-refunds/";

    private FlaggedRefunds() {}

    /** One of one cent, as an operator was promised; its id. */
    static String ofPayment(String payment) {
        return Databases.rows(Databases.PAYMENTS, """
                        insert into refunds (id, payment_id, reference, amount, asked_amount, currency, purpose, status,
                            failure_reason, attention, failed_at, flagged_at)
                        select gen_random_uuid(), id, reference, 1, 1, currency, 'requested', 'refused',
                            'charge_not_refundable', 'charge_not_refundable', now(), now()
                        from payments where id = ?::uuid
                        returning id""", payment).get(0).text("id");
    }

    /** As of an invoice that was paid after its subscription's end, and whose refund the bank sent back; its id. */
    static String ofInvoice(String invoice) {
        return Databases.rows(Databases.SUBSCRIPTIONS, """
                        insert into invoice_refunds (id, stripe_invoice_id, purpose, amount, currency, status, why,
                            created_at, updated_at)
                        select gen_random_uuid(), stripe_invoice_id, 'late_payment', amount_paid, currency, 'flagged',
                            'lost_or_stolen_card', now(), now()
                        from invoices where stripe_invoice_id = ?
                        returning id""", invoice).get(0).text("id");
    }

    /** Unless it was given back, so that it needs nobody. */
    static void dismiss(String path, String id) {
        User.OPERATOR
                .post(path + id + "/dismissal", "{\"reason\": \"not_owed\"}")
                .expect(200, 409);
    }
}

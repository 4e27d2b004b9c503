"""Papers: the completion report, the handover certificate and the printed map."""

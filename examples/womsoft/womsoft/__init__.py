"""WomSoft Server: which machines a licence is activated on."""

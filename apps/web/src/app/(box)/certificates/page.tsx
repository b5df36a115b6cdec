import { Certificates } from '@/views/certificates';

export default function Page() {
  return <Certificates />;
}
